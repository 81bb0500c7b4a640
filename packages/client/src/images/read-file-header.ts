import { type ImageHeader, ImageHeaderError, readImageHeader } from '@pixtral-fleet/catalog';
import { OpenFile } from '../files/open-file.ts';

/** Bytes of a file in which its header is looked for first; a JPEG with a profile or preview takes a second look. */
const FIRST_LOOK = 4 * 1024;

/**
 * The header of a picture in a file, of which no more is read than that takes.
 * @throws ImageHeaderError when it is no picture; Node's own error when the file cannot be read.
 */
export async function readFileHeader(
  path: string,
): Promise<{ readonly header: ImageHeader; readonly byteLength: number }> {
  await using file = await OpenFile.open(path);
  const size = await file.size();
  for (let look = Math.min(FIRST_LOOK, size); ; look = Math.min(look * 8, size)) {
    const buffer = Buffer.allocUnsafe(look);
    const bytesRead = await file.read(buffer, 0, look, 0);
    try {
      return { header: readImageHeader(buffer.subarray(0, bytesRead)), byteLength: size };
    } catch (error) {
      // A JPEG may carry a large profile or preview before its frame header.
      const more = look < size && error instanceof ImageHeaderError && error.reason === 'truncated';
      if (!more) throw error;
    }
  }
}
