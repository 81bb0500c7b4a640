import { encode } from 'fast-png';
import type { Raster, Rgb } from '../seeing/raster.ts';
import { toTwoColours } from './two-colours.ts';

/**
 * Dark ink on transparent paper, whose hidden colour is the ink's. Servers put it on white (vLLM 0.32.0 takes it, recorded in
 * file 222; mistral-common: "we ensure transparent background becomes white"): who drops the alpha sees one plain colour.
 */
export function encodeAlphaPng(raster: Raster): Uint8Array {
  const { width, height, colours, indexes } = toTwoColours(raster);
  const data = new Uint8Array(width * height * 4);
  const [dark] = colours.toSorted((one, other) => lightOf(one) - lightOf(other));
  for (const [at, index] of indexes.entries()) data.set([...(dark ?? []), index === 1 ? 255 : 0], at * 4);
  return encode({ width, height, data, depth: 8, channels: 4 });
}

/** One byte a pixel, which is a place in a list of two colours. */
export function encodePalettePng(raster: Raster): Uint8Array {
  const { width, height, colours, indexes } = toTwoColours(raster);
  const palette = colours.map((colour) => [...colour]);
  return encode({ width, height, data: indexes, depth: 8, channels: 1, palette });
}

/** Two bytes a channel; the lower one repeats the upper. */
export function encodeDeepPng({ width, height, pixels }: Raster): Uint8Array {
  const data = Uint16Array.from(pixels, (value) => value * 257);
  return encode({ width, height, data, depth: 16, channels: 3 });
}

function lightOf([red, green, blue]: Rgb): number {
  return red + green + blue;
}
