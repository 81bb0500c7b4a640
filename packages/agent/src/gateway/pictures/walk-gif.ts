import type { PictureStructure } from './check-structure.ts';
import { cutOff, demandEnd, PictureFault } from './picture-fault.ts';

const EXTENSION = 0x21;
const FRAME = 0x2c;
const TRAILER = 0x3b;

/** All blocks up to the trailer and not a byte further (GIF89a §15 to 27). */
export function walkGif(bytes: Buffer): PictureStructure {
  if (bytes.length < 13) throw cutOff('GIF', bytes);
  const width = bytes.readUInt16LE(6);
  const height = bytes.readUInt16LE(8);
  let frames = 0;
  let at = 13 + colourTableBytes(bytes[10] ?? 0);
  for (;;) {
    const block = bytes[at++];
    if (block === undefined) throw cutOff('GIF', bytes);
    if (block === TRAILER) break;
    if (block === EXTENSION) {
      at = afterSubBlocks(bytes, at + 1);
    } else if (block === FRAME) {
      if (at + 9 > bytes.length) throw cutOff('GIF', bytes);
      const right = bytes.readUInt16LE(at) + bytes.readUInt16LE(at + 4);
      const bottom = bytes.readUInt16LE(at + 2) + bytes.readUInt16LE(at + 6);
      // Pillow enlarges the picture to hold the frame, past the size that was checked.
      if (right > width || bottom > height) {
        throw new PictureFault(
          `the GIF has ${width}x${height} pixels, and a frame that reaches to ${right}x${bottom}`,
        );
      }
      frames++;
      at = afterSubBlocks(bytes, at + 9 + colourTableBytes(bytes[at + 8] ?? 0) + 1);
    } else {
      throw new PictureFault(`the GIF is damaged: no block begins at byte ${at - 1}`);
    }
  }
  if (frames === 0) throw new PictureFault('the GIF is damaged: it has no picture data');
  demandEnd('GIF', bytes, at);
  return { orientation: 1, end: at };
}

function colourTableBytes(flags: number): number {
  return (flags & 0x80) === 0 ? 0 : 3 * 2 ** ((flags & 7) + 1);
}

function afterSubBlocks(bytes: Buffer, start: number): number {
  let at = start;
  for (;;) {
    const length = bytes[at];
    if (length === undefined) throw cutOff('GIF', bytes);
    at += 1 + length;
    if (length === 0) return at;
  }
}
