/** The longest beginning in which `;base64,` is looked for. */
const LONGEST_HEAD = 200;

/**
 * The bytes in a base64 `data:` URI, or why there are none, in the words that client and gateway share. Strict: Node's
 * decoder skips what does not belong, and the engine would then see other bytes than were checked.
 */
export function readDataUri(
  uri: string,
): { readonly bytes: Uint8Array<ArrayBuffer>; readonly refusal?: never } | { readonly refusal: string } {
  const head = /^data:[^;,]*;base64,/i.exec(uri.slice(0, LONGEST_HEAD))?.[0];
  if (head === undefined) return { refusal: 'a data URI must be base64: data:image/png;base64,…' };
  const base64 = uri.slice(head.length);
  const bytes = decodeStrictly(base64);
  return bytes === undefined ? { refusal: 'the data URI is not valid base64' } : { bytes };
}

/**
 * Undefined for what is not the alphabet of RFC 4648 §4 with its padding. A regular expression takes 8 ms for 1 MiB; the
 * decoder takes 0.3 ms, and what it has skipped is missing from the length. It also takes the URL-safe alphabet, and of
 * characters beyond one byte their low byte.
 */
function decodeStrictly(base64: string): Buffer<ArrayBuffer> | undefined {
  if (base64.length % 4 !== 0 || base64.includes('-') || base64.includes('_')) return undefined;
  if (Buffer.byteLength(base64) !== base64.length) return undefined;
  const padding = base64.endsWith('==') ? 2 : base64.endsWith('=') ? 1 : 0;
  const bytes = Buffer.from(base64, 'base64');
  return bytes.length === (base64.length / 4) * 3 - padding ? bytes : undefined;
}
