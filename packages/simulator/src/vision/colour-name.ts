import type { Rgb } from './picture.ts';

/** Typical shades of the basic colour terms; CSS has more names than people use. */
const SHADES: readonly (readonly [name: string, ...Rgb])[] = [
  ['red', 220, 30, 30],
  ['red', 255, 0, 0],
  ['green', 30, 160, 50],
  ['green', 0, 255, 0],
  ['green', 0, 128, 0],
  ['blue', 30, 60, 220],
  ['blue', 0, 0, 255],
  ['yellow', 245, 225, 40],
  ['orange', 245, 140, 20],
  ['purple', 130, 40, 160],
  ['pink', 255, 160, 190],
  ['brown', 120, 70, 30],
  ['gray', 128, 128, 128],
  ['black', 0, 0, 0],
  ['white', 255, 255, 255],
];

/** The nearest name, by "redmean" distance: closer to what eyes see than plain RGB distance, and as cheap. */
export function nameColour(colour: Rgb): string {
  let best = { name: 'gray', distance: Number.POSITIVE_INFINITY };
  for (const [name, ...shade] of SHADES) {
    const distance = colourDistance(colour, shade);
    if (distance < best.distance) best = { name, distance };
  }
  return best.name;
}

/** Redmean (https://www.compuphase.com/cmetric.htm): 0 to about 765. */
export function colourDistance(a: Rgb, b: Rgb): number {
  const mean = (a[0] + b[0]) / 2;
  const [red, green, blue] = [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
  return Math.sqrt((2 + mean / 256) * red ** 2 + 4 * green ** 2 + (2 + (255 - mean) / 256) * blue ** 2);
}
