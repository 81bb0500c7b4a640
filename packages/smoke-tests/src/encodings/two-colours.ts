import type { Raster, Rgb } from '../seeing/raster.ts';

/** A picture of at most two colours, as all pictures of digits are: what small encoders can write whole. */
export interface TwoColours {
  readonly width: number;
  readonly height: number;
  /** The colour of the top left pixel, and the other one (the same again when there is none). */
  readonly colours: readonly [paper: Rgb, ink: Rgb];
  /** 0 for paper, 1 for ink, row by row. */
  readonly indexes: Uint8Array;
}

/** @throws RangeError when there is a third colour. */
export function toTwoColours({ width, height, pixels }: Raster): TwoColours {
  const paper = colourAt(pixels, 0);
  let ink = paper;
  const indexes = new Uint8Array(width * height);
  for (let at = 0; at < indexes.length; at++) {
    const colour = colourAt(pixels, at);
    if (isSame(colour, paper)) continue;
    if (ink === paper) ink = colour;
    if (!isSame(colour, ink)) throw new RangeError(`expected two colours, got a third one: ${colour}`);
    indexes[at] = 1;
  }
  return { width, height, colours: [paper, ink], indexes };
}

function colourAt(pixels: Uint8Array, at: number): Rgb {
  return [pixels[at * 3] ?? 0, pixels[at * 3 + 1] ?? 0, pixels[at * 3 + 2] ?? 0];
}

function isSame(one: Rgb, other: Rgb): boolean {
  return one.every((channel, index) => channel === other[index]);
}
