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
  if (base64.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(base64)) {
    return { refusal: 'the data URI is not valid base64' };
  }
  return { bytes: Buffer.from(base64, 'base64') };
}
