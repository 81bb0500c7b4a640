import type { Figure } from './figure.ts';

/** A patch of ink whose pixels touch. */
export interface Blob {
  readonly pixels: number;
  /** Mean of its pixels. */
  readonly x: number;
  readonly y: number;
}

/** Fewer pixels are specks: a circle of radius 8 has about 200. */
const LEAST_PIXELS = 40;

/** Patches of ink apart from each other, by flood fill over the four neighbours. */
export function findBlobs({ mask, width }: Figure): readonly Blob[] {
  const left = Uint8Array.from(mask);
  const blobs: Blob[] = [];
  for (let start = 0; start < left.length; start++) {
    if (!left[start]) continue;
    const blob = flood(left, width, start);
    if (blob.pixels >= LEAST_PIXELS) blobs.push(blob);
  }
  return blobs;
}

function flood(left: Uint8Array, width: number, start: number): Blob {
  const open = [start];
  left[start] = 0;
  const sum = { pixels: 0, x: 0, y: 0 };
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const x = at % width;
    sum.pixels++;
    sum.x += x;
    sum.y += Math.floor(at / width);
    const beside = [x > 0 ? at - 1 : -1, x < width - 1 ? at + 1 : -1, at - width, at + width];
    for (const next of beside) {
      if (!left[next]) continue;
      left[next] = 0;
      open.push(next);
    }
  }
  return { pixels: sum.pixels, x: sum.x / sum.pixels, y: sum.y / sum.pixels };
}

/** Corner of the middle of what stands out; `none` when nothing does. */
export function readCorner(figure: Figure): string {
  const [largest] = [...findBlobs(figure)].sort((one, other) => other.pixels - one.pixels);
  if (!largest) return 'none';
  return `${largest.y < figure.height / 2 ? 'top' : 'bottom'} ${largest.x < figure.width / 2 ? 'left' : 'right'}`;
}
