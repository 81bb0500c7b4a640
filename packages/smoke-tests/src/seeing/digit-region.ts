import type { Region, Size } from './raster.ts';

/** Where digits stand: the top left corner, and the side of one dot, in pixels. */
export interface DigitPlace {
  readonly x: number;
  readonly y: number;
  readonly dot: number;
}

const GLYPH_COLUMNS = 5;
const GLYPH_ROWS = 7;
/** Glyph and one column of space. */
const ADVANCE = GLYPH_COLUMNS + 1;

/** The 5x7 dots of classic character displays; the zero without its slash. */
const GLYPHS: Record<string, readonly number[]> = {
  0: [0b01110, 0b10001, 0b10001, 0b10001, 0b10001, 0b10001, 0b01110],
  1: [0b00100, 0b01100, 0b00100, 0b00100, 0b00100, 0b00100, 0b01110],
  2: [0b01110, 0b10001, 0b00001, 0b00010, 0b00100, 0b01000, 0b11111],
  3: [0b11111, 0b00010, 0b00100, 0b00010, 0b00001, 0b10001, 0b01110],
  4: [0b00010, 0b00110, 0b01010, 0b10010, 0b11111, 0b00010, 0b00010],
  5: [0b11111, 0b10000, 0b11110, 0b00001, 0b00001, 0b10001, 0b01110],
  6: [0b00110, 0b01000, 0b10000, 0b11110, 0b10001, 0b10001, 0b01110],
  7: [0b11111, 0b00001, 0b00010, 0b00100, 0b01000, 0b01000, 0b01000],
  8: [0b01110, 0b10001, 0b10001, 0b01110, 0b10001, 0b10001, 0b01110],
  9: [0b01110, 0b10001, 0b10001, 0b01111, 0b00001, 0b00010, 0b01100],
};

/** Size in dots of so many digits in a row. */
export function digitDots(count: number): Size {
  return { width: count * ADVANCE - 1, height: GLYPH_ROWS };
}

/** The dots of the digits that are dark (or light, on dark). Throws a RangeError for anything but digits. */
export function digitRegion(digits: string, { x, y, dot }: DigitPlace): Region {
  const glyphs = [...digits].map((digit) => {
    const glyph = GLYPHS[digit];
    if (!glyph) throw new RangeError(`no glyph for ${JSON.stringify(digit)}: only the digits 0 to 9`);
    return glyph;
  });
  return (px, py) => {
    const column = Math.floor((px - x) / dot);
    const row = Math.floor((py - y) / dot);
    const glyph = glyphs[Math.floor(column / ADVANCE)];
    const bits = glyph?.[row] ?? 0;
    const columnInGlyph = column % ADVANCE;
    return columnInGlyph < GLYPH_COLUMNS && ((bits >> (GLYPH_COLUMNS - 1 - columnInGlyph)) & 1) === 1;
  };
}
