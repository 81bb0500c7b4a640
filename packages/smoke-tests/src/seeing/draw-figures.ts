import { contrastingPair } from './colours.ts';
import type { Drawing } from './drawing.ts';
import { MARGIN, randomSize } from './place.ts';
import { pick, type Random, randomInteger } from './random.ts';
import { createRaster, paint, type Size } from './raster.ts';
import { SHAPE_NAMES, shapeRegion } from './shape-region.ts';

/** Half of a shape's width as a share of the shorter side: large enough to see, with room to move. */
const HALF_SHARE = { min: 0.22, max: 0.38 } as const;

export function drawShape(random: Random): Drawing {
  const shape = pick(random, SHAPE_NAMES);
  const size = randomSize(random);
  const shorter = Math.min(size.width, size.height);
  const half = Math.round(shorter * (HALF_SHARE.min + random() * (HALF_SHARE.max - HALF_SHARE.min)));
  const place = (side: number): number => randomInteger(random, half + MARGIN, side - half - MARGIN);
  const { ink, paper } = contrastingPair(random);
  const raster = createRaster(size, paper);
  paint(raster, ink, shapeRegion(shape, { x: place(size.width), y: place(size.height), half }));
  return {
    question: `What shape is in the picture? Answer with one word: ${SHAPE_NAMES.join(', ')}.`,
    expected: shape,
    rasters: [raster],
  };
}

/** Corners that are asked about, in the order in which the question lists them. */
export const CORNER_NAMES = ['top left', 'top right', 'bottom left', 'bottom right'] as const;

const CORNER_RADIUS = { min: 12, max: 24 } as const;
/** The middle of the circle lies in this share of the picture at the edge, on both axes. */
const OUTER = 0.3;
const CORNER_GAP = 2;

export function drawPosition(random: Random): Drawing {
  const corner = pick(random, CORNER_NAMES);
  const size = randomSize(random);
  const radius = randomInteger(random, CORNER_RADIUS.min, CORNER_RADIUS.max);
  const fromEdge = (side: number): number =>
    randomInteger(random, radius + CORNER_GAP, Math.floor(side * OUTER));
  const x = fromEdge(size.width);
  const y = fromEdge(size.height);
  const { ink, paper } = contrastingPair(random);
  const raster = createRaster(size, paper);
  const place = {
    x: corner.endsWith('left') ? x : size.width - x,
    y: corner.startsWith('top') ? y : size.height - y,
    half: radius,
  };
  paint(raster, ink, shapeRegion('circle', place));
  return {
    question: `In which corner of the picture is the circle? Answer with one of: ${CORNER_NAMES.join(', ')}.`,
    expected: corner,
    rasters: [raster],
  };
}

const COUNT = { min: 1, max: 5 } as const;
const COUNT_RADIUS = { min: 8, max: 16 } as const;
/** Pixels between the edges of two circles, and between a circle and the border. */
const COUNT_GAP = 6;
const COUNT_BORDER = 4;

export function drawCount(random: Random): Drawing {
  const count = randomInteger(random, COUNT.min, COUNT.max);
  const size = randomSize(random);
  const { radius, middles } = scatter(random, count, size);
  const { ink, paper } = contrastingPair(random);
  const raster = createRaster(size, paper);
  for (const { x, y } of middles) paint(raster, ink, shapeRegion('circle', { x, y, half: radius }));
  return {
    question: 'How many circles are in the picture? Answer with one digit.',
    expected: String(count),
    rasters: [raster],
  };
}

interface Point {
  readonly x: number;
  readonly y: number;
}

const TRIES = 200;

/** Circles that do not touch, drawn anew until they fit; from a source that repeats itself, a row of the smallest. */
function scatter(
  random: Random,
  count: number,
  size: Size,
): { readonly radius: number; readonly middles: readonly Point[] } {
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const radius = randomInteger(random, COUNT_RADIUS.min, COUNT_RADIUS.max);
    const edge = radius + COUNT_BORDER;
    const middles = Array.from({ length: count }, () => ({
      x: randomInteger(random, edge, size.width - edge),
      y: randomInteger(random, edge, size.height - edge),
    }));
    const apart = middles.every((one, index) =>
      middles.slice(0, index).every((other) => distance(one, other) >= 2 * radius + COUNT_GAP),
    );
    if (apart) return { radius, middles };
  }
  const radius = COUNT_RADIUS.min;
  const edge = radius + COUNT_BORDER;
  const step = (size.height - 2 * edge) / 2;
  const middles = Array.from({ length: count }, (_, index) => ({
    x: edge + (index % 2) * (size.width - 2 * edge),
    y: edge + Math.floor(index / 2) * step,
  }));
  return { radius, middles };
}

function distance(one: Point, other: Point): number {
  return Math.hypot(one.x - other.x, one.y - other.y);
}
