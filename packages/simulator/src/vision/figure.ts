import { colourDistance } from './colour-name.ts';
import type { Picture, Rgb } from './picture.ts';

/** What stands out from the ground of a picture. */
export interface Figure {
  /** Most frequent colour at the border: what is drawn may cover more than half of the picture. */
  readonly ground: Rgb;
  /** Mean colour of what stands out; the ground's when nothing does. */
  readonly ink: Rgb;
  /** 1 where a pixel stands out, row by row. */
  readonly mask: Uint8Array;
  readonly width: number;
  readonly height: number;
  /** Bounding box of what stands out; undefined when nothing does. */
  readonly box: Box | undefined;
}

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Beyond the noise of a JPEG of quality 60, below the contrast of anything that is meant to be seen. */
const STANDS_OUT = 110;

/** Fewer pixels than this share are specks. */
const LEAST_SHARE = 0.0005;

export function findFigure(picture: Picture): Figure {
  const { width, height } = picture;
  const ground = mostFrequent(picture);
  const mask = new Uint8Array(width * height);
  const sum = [0, 0, 0];
  let count = 0;
  for (let index = 0; index < mask.length; index++) {
    const colour = colourAt(picture, index);
    if (colourDistance(colour, ground) < STANDS_OUT) continue;
    mask[index] = 1;
    count++;
    for (const channel of [0, 1, 2] as const) sum[channel] = (sum[channel] ?? 0) + colour[channel];
  }
  const visible = count > mask.length * LEAST_SHARE;
  const ink: Rgb = visible ? [sum[0]! / count, sum[1]! / count, sum[2]! / count] : ground;
  return { ground, ink, mask, width, height, box: visible ? boundingBox(mask, width, height) : undefined };
}

function colourAt({ pixels }: Picture, index: number): Rgb {
  return [pixels[index * 3] ?? 0, pixels[index * 3 + 1] ?? 0, pixels[index * 3 + 2] ?? 0];
}

/** Histogram of 16 levels a channel; the mean of the fullest bin. */
function mostFrequent(picture: Picture): Rgb {
  const counts = new Uint32Array(4096);
  const border = borderOf(picture);
  for (const index of border) counts[binOf(colourAt(picture, index))]!++;
  let fullest = 0;
  for (let bin = 1; bin < counts.length; bin++) if (counts[bin]! > counts[fullest]!) fullest = bin;
  const sum = [0, 0, 0];
  for (const index of border) {
    const colour = colourAt(picture, index);
    if (binOf(colour) !== fullest) continue;
    for (const channel of [0, 1, 2] as const) sum[channel]! += colour[channel];
  }
  const count = counts[fullest]!;
  return [sum[0]! / count, sum[1]! / count, sum[2]! / count];
}

function borderOf({ width, height }: Picture): readonly number[] {
  const indexes: number[] = [];
  for (let x = 0; x < width; x++) indexes.push(x, (height - 1) * width + x);
  for (let y = 0; y < height; y++) indexes.push(y * width, (y + 1) * width - 1);
  return indexes;
}

function binOf([red, green, blue]: Rgb): number {
  return ((red >> 4) << 8) | ((green >> 4) << 4) | (blue >> 4);
}

function boundingBox(mask: Uint8Array, width: number, height: number): Box {
  let [left, top, right, bottom] = [width, height, -1, -1];
  for (let index = 0; index < mask.length; index++) {
    if (!mask[index]) continue;
    const x = index % width;
    const y = Math.floor(index / width);
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  }
  return { left, top, width: right - left + 1, height: bottom - top + 1 };
}
