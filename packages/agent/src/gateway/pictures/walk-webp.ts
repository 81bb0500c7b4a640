import { type ImageHeader, readImageHeader } from '@pixtral-fleet/catalog';
import type { PictureStructure } from './check-structure.ts';
import { cutOff, demandEnd, PictureFault } from './picture-fault.ts';
import { effectiveOrientation, readExifOrientation, readXmpOrientation } from './read-orientation.ts';

/** All chunks of the RIFF container, which must be as long as it says (RFC 9649 §2.3). */
export function walkWebp(bytes: Buffer, canvas: ImageHeader): PictureStructure {
  const end = 8 + bytes.readUInt32LE(4);
  if (end > bytes.length) throw cutOff('WebP', bytes);
  demandEnd('WebP', bytes, end);
  let hasData = false;
  let exif: number | undefined;
  let xmp: number | undefined;
  let at = 12;
  while (at < end) {
    if (at + 8 > end) throw cutOff('WebP', bytes);
    const type = bytes.toString('latin1', at, at + 4);
    const length = bytes.readUInt32LE(at + 4);
    if (at + 8 + length > end) throw cutOff('WebP', bytes);
    const data = bytes.subarray(at + 8, at + 8 + length);
    if (type === 'ANMF') hasData = true;
    if (type === 'EXIF') exif ??= readExifOrientation(data);
    if (type === 'XMP ') xmp ??= readXmpOrientation(data);
    if (type === 'VP8 ' || type === 'VP8L') {
      hasData = true;
      demandSize(bytes.subarray(at), canvas);
    }
    // Chunks are padded to an even length.
    at += 8 + length + (length % 2);
  }
  if (!hasData) throw new PictureFault('the WebP is damaged: it has no picture data');
  return { orientation: effectiveOrientation(exif, xmp), end };
}

/** The frame inside must be as large as the canvas, whose size was checked. */
function demandSize(chunk: Buffer, canvas: ImageHeader): void {
  const frame = readImageHeader(
    Buffer.concat([Buffer.from('RIFF\0\0\0\0WEBP', 'latin1'), chunk.subarray(0, 32)]),
  );
  if (frame.width === canvas.width && frame.height === canvas.height) return;
  throw new PictureFault(
    `the WebP has ${canvas.width}x${canvas.height} pixels, and data for ${frame.width}x${frame.height}`,
  );
}
