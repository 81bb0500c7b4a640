import { readDataUri } from '@pixtral-fleet/catalog';
import { scanJson } from '../request/scan-json.ts';

/** Characters of a JSON string; the smallest GIF takes 51. */
const SHORTEST_PICTURE = 40;

/** A picture where it stands in the bytes of a request. */
export interface LocatedPicture {
  /** Of its JSON string, quotes included. */
  readonly start: number;
  readonly end: number;
  /** The picture, as it was sent; decoded each time. */
  read(): Buffer;
}

/** A picture that takes the place of another. */
export interface PictureReplacement extends Pick<LocatedPicture, 'start' | 'end'> {
  readonly format: string;
  /** The picture that takes its place. */
  readonly bytes: Buffer;
}

/**
 * Pictures by the paths of their URLs, in the order of the paths.
 * @param body a request that was inspected, the very bytes
 * @throws Error for a path where no string stands
 */
export function locatePictures(body: Buffer, paths: readonly string[]): readonly LocatedPicture[] {
  const spans = new Map<string, { readonly start: number; readonly end: number }>();
  scanJson(body, ({ path, start, end }) => {
    // The paths of all the others need not be made.
    if (end - start > SHORTEST_PICTURE) spans.set(path(), { start, end });
  });
  return paths.map((path) => {
    const span = spans.get(path);
    if (!span) throw new Error(`no string at ${path}`);
    return { ...span, read: () => readPicture(body.subarray(span.start, span.end)) };
  });
}

function readPicture(string: Buffer): Buffer {
  const read = readDataUri(JSON.parse(string.toString('latin1')));
  if (!('bytes' in read)) throw new Error(read.refusal);
  const { buffer, byteOffset, byteLength } = read.bytes;
  return Buffer.from(buffer, byteOffset, byteLength);
}

/** The same request with other pictures; everything else stays, byte by byte. */
export function replacePictures(body: Buffer, replacements: readonly PictureReplacement[]): Buffer {
  const parts: Buffer[] = [];
  let at = 0;
  for (const { start, end, format, bytes } of replacements.toSorted((a, b) => a.start - b.start)) {
    const uri = Buffer.from(`"data:image/${format};base64,${bytes.toString('base64')}"`, 'latin1');
    parts.push(body.subarray(at, start), uri);
    at = end;
  }
  return Buffer.concat([...parts, body.subarray(at)]);
}
