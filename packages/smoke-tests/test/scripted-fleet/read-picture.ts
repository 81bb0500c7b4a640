import { decode } from 'fast-png';

/**
 * Reads a drawn picture back, sharing no code with the drawing: the colour in the middle, the shape by how much of its
 * box it fills, the digits by their dots.
 */
export interface ReadPicture {
  readonly width: number;
  readonly height: number;
  readonly colour: string;
  readonly shape: string;
  readonly digits: string;
  /** How many things are drawn apart from each other. */
  readonly blobs: number;
  /** Where the middle of the drawn things lies. */
  readonly corner: string;
  /** Luma of what is drawn and of what it is drawn on, 0 to 255. */
  readonly luma: { readonly ink: number; readonly paper: number };
  /** Pixels that are not of the background: box around them, and how many there are. */
  readonly ink: Box;
}

type Pixel = readonly [red: number, green: number, blue: number];

interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly pixels: number;
}

const read = new WeakMap<Uint8Array, ReadPicture>();

/** Throws for anything that is not a whole PNG. The same bytes are looked at once. */
export function readPicture(png: Uint8Array): ReadPicture {
  const known = read.get(png) ?? lookAt(png);
  read.set(png, known);
  return known;
}

function lookAt(png: Uint8Array): ReadPicture {
  const { width, height, data } = decode(png, { checkCrc: true });
  const at = (x: number, y: number): Pixel => {
    const offset = (y * width + x) * 3;
    return [data[offset] ?? 0, data[offset + 1] ?? 0, data[offset + 2] ?? 0];
  };
  const paper = at(0, 0);
  const isInk = (x: number, y: number): boolean => distance(at(x, y), paper) > 60;
  const ink = boxOf(width, height, isInk);
  const anyInk = firstInk(width, height, isInk) ?? [0, 0];
  return {
    width,
    height,
    colour: nearestColour(at(width >> 1, height >> 1)),
    shape: shapeOf(ink),
    digits: digitsOf(ink, isInk),
    // Slow for large pictures, and few questions want it.
    get blobs() {
      return countBlobs(width, height, isInk);
    },
    corner: `${ink.top + ink.height / 2 < height / 2 ? 'top' : 'bottom'} ${ink.left + ink.width / 2 < width / 2 ? 'left' : 'right'}`,
    luma: { ink: luma(at(...anyInk)), paper: luma(paper) },
    ink,
  };
}

const COLOURS: Record<string, Pixel> = {
  red: [255, 0, 0],
  green: [0, 160, 0],
  blue: [0, 0, 255],
  yellow: [255, 255, 0],
  orange: [255, 140, 0],
  purple: [128, 0, 160],
  black: [0, 0, 0],
  white: [255, 255, 255],
};

function nearestColour(pixel: Pixel): string {
  const byDistance = Object.entries(COLOURS).sort(([, a], [, b]) => distance(a, pixel) - distance(b, pixel));
  return byDistance[0]?.[0] ?? '';
}

function shapeOf({ width, height, pixels }: Box): string {
  const filled = pixels / (width * height);
  if (filled > 0.95) return 'square';
  return filled > 0.65 ? 'circle' : 'triangle';
}

const FONT = `
.###. ..#.. .###. ##### ...#. ##### ..##. ##### .###. .###.
#...# .##.. #...# ...#. ..##. #.... .#... ....# #...# #...#
#...# ..#.. ....# ..#.. .#.#. ####. #.... ...#. #...# #...#
#...# ..#.. ...#. ...#. #..#. ....# ####. ..#.. .###. .####
#...# ..#.. ..#.. ....# ##### ....# #...# .#... #...# ....#
#...# ..#.. .#... #...# ...#. #...# #...# .#... #...# ...#.
.###. .###. ##### .###. ...#. .###. .###. .#... .###. .##..
`
  .trim()
  .split('\n')
  .map((line) => line.split(' '));

/** Dots of ten digits as people draw them, to compare with what is found. */
const GLYPHS = Array.from({ length: 10 }, (_, digit) => FONT.map((line) => line[digit]).join('\n'));

const DIGITS = 4;

function digitsOf(box: Box, isInk: (x: number, y: number) => boolean): string {
  const dot = box.height / 7;
  // A 1 has no ink in its first column: its cell may begin one dot before the box.
  for (const start of [box.left, box.left - dot]) {
    const digits = Array.from({ length: DIGITS }, (_, cell) =>
      GLYPHS.indexOf(dotsAt(start + cell * 6 * dot)),
    );
    if (digits.every((digit) => digit >= 0)) return digits.join('');
  }
  return '';

  function dotsAt(x: number): string {
    const rows = Array.from({ length: 7 }, (_, row) =>
      Array.from({ length: 5 }, (_, column) =>
        isInk(Math.floor(x + (column + 0.5) * dot), Math.floor(box.top + (row + 0.5) * dot)) ? '#' : '.',
      ).join(''),
    );
    return rows.join('\n');
  }
}

/** Joins each inked pixel with its inked left and upper neighbours (union-find), and counts what stays apart. */
function countBlobs(width: number, height: number, isInk: (x: number, y: number) => boolean): number {
  const roots = new Map<number, number>();
  const rootOf = (at: number): number => {
    const up = roots.get(at) ?? at;
    return up === at ? at : rootOf(up);
  };
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (!isInk(x, y)) continue;
      const at = y * width + x;
      roots.set(at, at);
      if (x > 0 && roots.has(at - 1)) roots.set(at, rootOf(at - 1));
      if (roots.has(at - width)) roots.set(rootOf(at), rootOf(at - width));
    }
  }
  return [...roots].filter(([at, root]) => at === root).length;
}

function boxOf(width: number, height: number, isInk: (x: number, y: number) => boolean): Box {
  let [left, top, right, bottom, pixels] = [width, height, -1, -1, 0];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (!isInk(x, y)) continue;
      pixels++;
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = Math.max(bottom, y);
    }
  }
  return { left, top, width: right - left + 1, height: bottom - top + 1, pixels };
}

function firstInk(
  width: number,
  height: number,
  isInk: (x: number, y: number) => boolean,
): [x: number, y: number] | undefined {
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) if (isInk(x, y)) return [x, y];
  }
  return undefined;
}

function distance(a: Pixel, b: Pixel): number {
  return Math.sqrt((a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2 + (a[2] - b[2]) ** 2);
}

/** Rec. 601, as every brightness conversion of pictures has it. */
function luma([red, green, blue]: Pixel): number {
  return 0.299 * red + 0.587 * green + 0.114 * blue;
}
