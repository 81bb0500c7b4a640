import type { Figure } from './figure.ts';

/** Dots of the classic 5x7 digits, without the empty columns beside them. */
const TEMPLATES: readonly (readonly [digit: string, rows: readonly string[]])[] = [
  ['0', ['.###.', '#...#', '#...#', '#...#', '#...#', '#...#', '.###.']],
  ['1', ['.#.', '##.', '.#.', '.#.', '.#.', '.#.', '###']],
  ['2', ['.###.', '#...#', '....#', '...#.', '..#..', '.#...', '#####']],
  ['3', ['#####', '...#.', '..#..', '...#.', '....#', '#...#', '.###.']],
  ['4', ['...#.', '..##.', '.#.#.', '#..#.', '#####', '...#.', '...#.']],
  ['5', ['#####', '#....', '####.', '....#', '....#', '#...#', '.###.']],
  ['6', ['..##.', '.#...', '#....', '####.', '#...#', '#...#', '.###.']],
  ['7', ['#####', '....#', '...#.', '..#..', '.#...', '.#...', '.#...']],
  ['8', ['.###.', '#...#', '#...#', '.###.', '#...#', '#...#', '.###.']],
  ['9', ['.###.', '#...#', '#...#', '.####', '....#', '...#.', '.##..']],
];

const ROWS = 7;

/** Dots that may differ before a glyph is not that digit: what scaling and JPEG blur. */
const MOST_WRONG_DOTS = 3;

/** The digits written in dots, from left to right; `none` when there are none. Other fonts are not read. */
export function readDigits(figure: Figure): string {
  const digits = splitGlyphs(figure).map((glyph) => nearestDigit(figure, glyph));
  const read = digits.filter((digit) => digit !== undefined).join('');
  return read === '' || read.length < digits.length ? 'none' : read;
}

interface Glyph {
  readonly left: number;
  readonly right: number;
}

/** Columns of ink, apart where a column has none. */
function splitGlyphs({ box, mask, width }: Figure): readonly Glyph[] {
  if (!box) return [];
  const glyphs: Glyph[] = [];
  let left = -1;
  for (let x = box.left; x <= box.left + box.width; x++) {
    const inked = x < box.left + box.width && columnHasInk(mask, width, x, box.top, box.height);
    if (inked && left < 0) left = x;
    if (!inked && left >= 0) {
      glyphs.push({ left, right: x });
      left = -1;
    }
  }
  return glyphs;
}

function columnHasInk(mask: Uint8Array, width: number, x: number, top: number, height: number): boolean {
  for (let y = top; y < top + height; y++) if (mask[y * width + x]) return true;
  return false;
}

/** All digits are as high as the writing, which tells the size of a dot. */
function nearestDigit(figure: Figure, glyph: Glyph): string | undefined {
  const { box } = figure;
  if (!box) return undefined;
  const dot = box.height / ROWS;
  const columns = Math.round((glyph.right - glyph.left) / dot);
  let best: { readonly digit: string; readonly wrong: number } | undefined;
  for (const [digit, rows] of TEMPLATES) {
    if (rows[0]?.length !== columns) continue;
    const wrong = countWrongDots(figure, { rows, left: glyph.left, top: box.top, dot });
    if (!best || wrong < best.wrong) best = { digit, wrong };
  }
  return best && best.wrong <= MOST_WRONG_DOTS ? best.digit : undefined;
}

function countWrongDots(
  { mask, width }: Figure,
  place: {
    readonly rows: readonly string[];
    readonly left: number;
    readonly top: number;
    readonly dot: number;
  },
): number {
  let wrong = 0;
  for (const [row, dots] of place.rows.entries()) {
    for (const [column, dot] of [...dots].entries()) {
      const x = Math.floor(place.left + (column + 0.5) * place.dot);
      const y = Math.floor(place.top + (row + 0.5) * place.dot);
      if ((mask[y * width + x] === 1) !== (dot === '#')) wrong++;
    }
  }
  return wrong;
}
