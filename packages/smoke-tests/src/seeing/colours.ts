import { pick, type Random, randomInteger } from './random.ts';
import type { Rgb } from './raster.ts';

/** The colours that are asked about, in the order in which questions list them. */
export const COLOUR_NAMES = ['red', 'green', 'blue', 'yellow', 'orange', 'purple', 'black', 'white'] as const;

/** Name of a colour, as it is asked for and expected in the answer. */
export type ColourName = (typeof COLOUR_NAMES)[number];

/** Far enough apart that nobody who sees them mistakes one for another. */
const PALETTE: Record<ColourName, Rgb> = {
  red: [220, 30, 30],
  green: [30, 160, 50],
  blue: [30, 60, 220],
  yellow: [240, 220, 40],
  orange: [245, 140, 20],
  purple: [130, 40, 160],
  black: [0, 0, 0],
  white: [255, 255, 255],
};

/** Enough that no two pictures are alike, too little to become another colour. */
const JITTER = 10;

/** Dark enough on every one of `LIGHT`: at least 75 of 255 apart in luma. Orange lies between, so it is left out. */
const DARK: readonly ColourName[] = ['red', 'green', 'blue', 'purple', 'black'];
const LIGHT: readonly ColourName[] = ['white', 'yellow'];

/** The colour of that name, each channel off by at most 10 of 255. */
export function shadeOf(name: ColourName, random: Random): Rgb {
  const [red, green, blue] = PALETTE[name];
  const jitter = (channel: number): number =>
    Math.min(255, Math.max(0, channel + randomInteger(random, -JITTER, JITTER)));
  return [jitter(red), jitter(green), jitter(blue)];
}

/** Two colours that stand out against each other: dark on light or light on dark. */
export function contrastingPair(random: Random): { readonly ink: Rgb; readonly paper: Rgb } {
  const dark = shadeOf(pick(random, DARK), random);
  const light = shadeOf(pick(random, LIGHT), random);
  return random() < 0.5 ? { ink: dark, paper: light } : { ink: light, paper: dark };
}
