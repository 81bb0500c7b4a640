import { type Random, randomInteger } from './random.ts';
import type { Size } from './raster.ts';

/** Pixels a side of a picture with one thing to see: many 16x16 patches, and at most 210 tokens. */
const SIDE = { min: 112, max: 224 } as const;

/** Pixels between what is written or drawn and the edge. */
export const MARGIN = 12;

/** Both sides drawn for themselves, so that most pictures are not square. */
export function randomSize(
  random: Random,
  { min, max }: { readonly min: number; readonly max: number } = SIDE,
): Size {
  return { width: randomInteger(random, min, max), height: randomInteger(random, min, max) };
}
