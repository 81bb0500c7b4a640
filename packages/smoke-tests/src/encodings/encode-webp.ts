import type { Raster } from '../seeing/raster.ts';
import { BitWriter } from './bit-writer.ts';
import { toTwoColours } from './two-colours.ts';

/**
 * A lossless WebP of at most two colours. Each channel then has at most two values, which the format's "simple" prefix
 * codes name directly: one bit a channel, or none. Source: RFC 9649, section 3 (WebP lossless bitstream).
 * @throws RangeError when there is a third colour.
 */
export function encodeWebp(raster: Raster): Uint8Array {
  const { width, height, colours, indexes } = toTwoColours(raster);
  const [paper, ink] = colours;
  const bits = new BitWriter('lowest-first');
  bits.write(0x2f, 8);
  bits.write(width - 1, 14);
  bits.write(height - 1, 14);
  // No alpha, version 0; no transform, no colour cache, one group of prefix codes.
  bits.write(0, 1 + 3 + 1 + 1 + 1);
  const channels = [1, 0, 2].map((channel) => ({ paper: paper[channel] ?? 0, ink: ink[channel] ?? 0 }));
  for (const values of channels) writeCode(bits, [values.paper, values.ink]);
  writeCode(bits, [OPAQUE, OPAQUE]);
  writeCode(bits, [0, 0]);
  for (const index of indexes) {
    for (const channel of channels) {
      if (channel.paper === channel.ink) continue;
      const value = index === 0 ? channel.paper : channel.ink;
      bits.write(value === Math.max(channel.paper, channel.ink) ? 1 : 0, 1);
    }
  }
  return inRiff(bits.end());
}

const OPAQUE = 255;

/** A code of one symbol, which then takes no bits, or of two: 0 for the smaller. Symbols are given in eight bits. */
function writeCode(bits: BitWriter, [one, other]: readonly [number, number]): void {
  const symbols = one === other ? [one] : [Math.min(one, other), Math.max(one, other)];
  bits.write(1, 1);
  bits.write(symbols.length - 1, 1);
  bits.write(1, 1);
  for (const symbol of symbols) bits.write(symbol, 8);
}

function inRiff(data: Uint8Array): Uint8Array {
  const padded = data.length + (data.length % 2);
  const file = Buffer.alloc(20 + padded);
  file.write('RIFF', 0, 'latin1');
  file.writeUInt32LE(12 + padded, 4);
  file.write('WEBPVP8L', 8, 'latin1');
  file.writeUInt32LE(data.length, 16);
  file.set(data, 20);
  return file;
}
