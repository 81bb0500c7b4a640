import type { Region } from './raster.ts';

/** The shapes that are asked about, in the order in which the question lists them. */
export const SHAPE_NAMES = ['circle', 'square', 'triangle'] as const;

export type ShapeName = (typeof SHAPE_NAMES)[number];

/** Where a shape lies: its middle, and half of its width, which is also half of its height, in pixels. */
export interface ShapePlace {
  readonly x: number;
  readonly y: number;
  readonly half: number;
}

/** The filled shape, upright: a turned square would rightly be called a diamond. */
export function shapeRegion(shape: ShapeName, place: ShapePlace): Region {
  return REGIONS[shape](place);
}

const REGIONS: Record<ShapeName, (place: ShapePlace) => Region> = {
  circle:
    ({ x, y, half }) =>
    (px, py) =>
      (px - x) ** 2 + (py - y) ** 2 <= half ** 2,
  square:
    ({ x, y, half }) =>
    (px, py) =>
      Math.abs(px - x) <= half && Math.abs(py - y) <= half,
  // The apex is above; the width grows evenly until the base, which is as wide as the triangle is high.
  triangle:
    ({ x, y, half }) =>
    (px, py) =>
      py <= y + half && Math.abs(px - x) <= (py - (y - half)) / 2,
};
