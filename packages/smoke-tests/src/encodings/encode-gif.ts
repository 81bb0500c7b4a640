import type { Raster } from '../seeing/raster.ts';
import { BitWriter } from './bit-writer.ts';
import { toTwoColours } from './two-colours.ts';

const CODE_BITS = 9;
const CLEAR = 256;
const END = 257;
/** Before the reader's table has so many entries that codes get longer, it is cleared. */
const CODES_BETWEEN_CLEARS = 250;
const PALETTE_ENTRIES = 256;
/** Hundredths of a second that a frame is shown. */
const DELAY = 50;

/**
 * A GIF of one frame or several, at most two colours each. Pixels are written as they are, in LZW codes of nine bits
 * that never refer back: larger than need be, and read by everything that reads GIF. Source: GIF89a.
 * @throws RangeError when a frame has more colours or another size than the first.
 */
export function encodeGif(frames: readonly Raster[]): Uint8Array {
  const [first] = frames;
  if (!first) throw new RangeError('a GIF needs at least one frame');
  const chunks: Uint8Array[] = [
    Buffer.from('GIF89a', 'latin1'),
    Uint8Array.from([...uint16(first.width), ...uint16(first.height), 0, 0, 0]),
  ];
  for (const frame of frames) {
    if (frame.width !== first.width || frame.height !== first.height) {
      throw new RangeError(`frames of a GIF must have one size, got ${frame.width}x${frame.height}`);
    }
    const { colours, indexes } = toTwoColours(frame);
    const palette = new Uint8Array(PALETTE_ENTRIES * 3);
    palette.set(colours.flat());
    // Graphic control, image descriptor with a palette of its own, code size.
    chunks.push(Uint8Array.from([0x21, 0xf9, 4, 0, ...uint16(DELAY), 0, 0]));
    chunks.push(
      Uint8Array.from([0x2c, 0, 0, 0, 0, ...uint16(first.width), ...uint16(first.height), 0b1000_0111]),
    );
    chunks.push(palette, Uint8Array.from([CODE_BITS - 1]), ...subBlocks(codesOf(indexes)));
  }
  return Buffer.concat([...chunks, Uint8Array.from([0x3b])]);
}

function codesOf(indexes: Uint8Array): Uint8Array {
  const bits = new BitWriter('lowest-first');
  for (const [at, index] of indexes.entries()) {
    if (at % CODES_BETWEEN_CLEARS === 0) bits.write(CLEAR, CODE_BITS);
    bits.write(index, CODE_BITS);
  }
  bits.write(END, CODE_BITS);
  return bits.end();
}

function subBlocks(bytes: Uint8Array): Uint8Array[] {
  const blocks: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += 255) {
    const block = bytes.subarray(at, at + 255);
    blocks.push(Uint8Array.from([block.length]), block);
  }
  return [...blocks, Uint8Array.from([0])];
}

function uint16(value: number): number[] {
  return [value & 0xff, value >> 8];
}
