import type { Picture } from '../vision/picture.ts';

/** Side of a patch in pixels, as Pixtral cuts pictures. */
export const PATCH = 16;

/** A picture of the same size whose pixel (x, y) is that of the original at the place that `from` names. */
export function rearrange(
  picture: Picture,
  from: (x: number, y: number) => readonly [x: number, y: number],
  { width, height }: Pick<Picture, 'width' | 'height'> = picture,
): Picture {
  const pixels = Buffer.alloc(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [fromX, fromY] = from(x, y);
      const at = (fromY * picture.width + fromX) * 3;
      picture.pixels.copy(pixels, (y * width + x) * 3, at, at + 3);
    }
  }
  return { width, height, pixels };
}

/** A picture of the same size with every channel replaced. */
export function recolour(picture: Picture, change: (value: number, index: number) => number): Picture {
  const pixels = Buffer.alloc(picture.pixels.length);
  for (const [index, value] of picture.pixels.entries()) pixels[index] = change(value, index);
  return { ...picture, pixels };
}

/** Numbers from 0 to 2^32 - 1, the same for the same seed (mulberry32). */
export function numbersOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
}

/** The numbers below `count` in an order that the seed decides (Fisher-Yates). */
export function shuffled(count: number, seed: number): readonly number[] {
  const next = numbersOf(seed);
  const order = Array.from({ length: count }, (_, index) => index);
  for (let last = count - 1; last > 0; last--) {
    const other = next() % (last + 1);
    [order[last], order[other]] = [order[other] ?? 0, order[last] ?? 0];
  }
  return order;
}
