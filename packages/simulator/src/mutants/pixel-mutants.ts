import type { Picture } from '../vision/picture.ts';
import { numbersOf, PATCH, rearrange, recolour, shuffled } from './change-pixels.ts';

const SEED = 20_240_911;

/** Embeddings of zeros: every picture looks like a plain one. */
export function blankEncoder(picture: Picture): Picture {
  return recolour(picture, () => 128);
}

/** An encoder of random weights: the same pixel always becomes the same other one, which means nothing. */
export function otherSeedEncoder(picture: Picture): Picture {
  const channels = [0, 1, 2].map((channel) => shuffled(256, SEED + channel));
  return recolour(permutedPatches(picture), (value, index) => channels[index % 3]?.[value] ?? 0);
}

/** Whole patches of 16x16 pixels change places, as when positions are numbered wrongly; the rest at the edge stays. */
export function permutedPatches(picture: Picture): Picture {
  const columns = Math.floor(picture.width / PATCH);
  const rows = Math.floor(picture.height / PATCH);
  const order = shuffled(columns * rows, SEED);
  return rearrange(picture, (x, y) => {
    const [column, row] = [Math.floor(x / PATCH), Math.floor(y / PATCH)];
    if (column >= columns || row >= rows) return [x, y];
    const from = order[row * columns + column] ?? 0;
    return [(from % columns) * PATCH + (x % PATCH), Math.floor(from / columns) * PATCH + (y % PATCH)];
  });
}

/** A quarter turn, as when rows and columns are mixed up. */
export function rotated(picture: Picture): Picture {
  const { width, height } = picture;
  return rearrange(picture, (x, y) => [y, height - 1 - x], { width: height, height: width });
}

/** An older revision whose preprocessing took the channels in the order blue, green, red. */
export function swappedChannels(picture: Picture): Picture {
  const { pixels } = picture;
  return recolour(picture, (value, index) =>
    index % 3 === 1 ? value : (pixels[index + 2 - 2 * (index % 3)] ?? 0),
  );
}

/** Weights of too few bits: one bit a channel is left, and noise as large as the signal. */
export function coarse(picture: Picture): Picture {
  const next = numbersOf(SEED + picture.width);
  return recolour(picture, (value) => (value + (next() % 511) - 255 > 127 ? 255 : 0));
}
