import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { generateQuestions, SEEING_KINDS, type SeeingKind } from '../../src/seeing/index.ts';
import { readPicture } from '../scripted-fleet/read-picture.ts';
import { seededRandom } from './seeded-random.ts';

const one = (kind: SeeingKind, seed: number) => {
  const [question] = generateQuestions({ random: seededRandom(seed), kinds: [kind] });
  if (!question) throw new Error('no question was made');
  return question;
};
/** Any seed: what is drawn must be readable whatever the numbers are. */
const seeds = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const RUNS = { numRuns: 40 };

describe('generateQuestions', () => {
  test('asks about every kind unless told otherwise', () => {
    expect(generateQuestions().map(({ kind }) => kind)).toEqual(SEEING_KINDS);
  });

  test('asks exactly so', () => {
    expect(generateQuestions().map(({ question }) => question)).toMatchInlineSnapshot(`
      [
        "What colour is this picture? Answer with one word: red, green, blue, yellow, orange, purple, black, white.",
        "What shape is in the picture? Answer with one word: circle, square, triangle.",
        "Which digits are written in the picture? Answer with the digits only.",
        "How many circles are in the picture? Answer with one digit.",
        "In which corner of the picture is the circle? Answer with one of: top left, top right, bottom left, bottom right.",
        "What colour is each picture, in order? Answer with the colours only, separated by commas.",
        "Which digits are written in each picture, in order? Answer with the digits only, separated by commas.",
      ]
    `);
  });

  test('the picture has the colour that is expected', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { expected, picture } = one('colour', seed);
        expect(readPicture(picture).colour).toBe(expected);
      }),
      RUNS,
    );
  });

  test('the picture holds the shape that is expected, whole and away from the edge', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { expected, picture } = one('shape', seed);
        const { shape, ink, width, height } = readPicture(picture);
        expect(shape).toBe(expected);
        expect(ink.left).toBeGreaterThan(5);
        expect(ink.top).toBeGreaterThan(5);
        expect(ink.left + ink.width).toBeLessThan(width - 5);
        expect(ink.top + ink.height).toBeLessThan(height - 5);
      }),
      RUNS,
    );
  });

  test('the picture holds the digits that are expected, in dots of at least 5 pixels', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { expected, picture } = one('digits', seed);
        const { digits, ink } = readPicture(picture);
        expect(digits).toBe(expected);
        expect(expected).toMatch(/^[1-9]\d{3}$/);
        expect(expected).not.toMatch(/(\d)\1/);
        expect(ink.height / 7).toBeGreaterThanOrEqual(5);
      }),
      RUNS,
    );
  });

  test('every digit is drawn', () => {
    const drawn = new Set(Array.from({ length: 40 }, (_, seed) => [...one('digits', seed).expected]).flat());
    expect([...drawn].sort().join('')).toBe('0123456789');
  });

  test('what is drawn stands out from what it is drawn on, both ways round', () => {
    const contrasts = Array.from({ length: 40 }, (_, seed) => readPicture(one('shape', seed).picture).luma);
    for (const { ink, paper } of contrasts) expect(Math.abs(ink - paper)).toBeGreaterThan(75);
    expect(contrasts.some(({ ink, paper }) => ink < paper)).toBe(true);
    expect(contrasts.some(({ ink, paper }) => ink > paper)).toBe(true);
  });

  test('several pictures have different colours in the order that is expected', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { expected, pictures, sizes } = one('colours', seed);
        const colours = pictures.map((picture) => readPicture(picture).colour);
        expect(colours.join(', ')).toBe(expected);
        expect(new Set(colours).size).toBe(colours.length);
        expect(new Set(sizes.map(({ width, height }) => `${width}x${height}`)).size).toBe(colours.length);
      }),
      RUNS,
    );
  });

  test('several pictures are shown side by side in one', () => {
    const { pictures, picture } = one('colours', 7);
    const parts = pictures.map(readPicture);
    const sheet = readPicture(picture);
    expect(sheet.width).toBe(parts.reduce((sum, { width }) => sum + width, (parts.length - 1) * 8));
    expect(sheet.height).toBe(Math.max(...parts.map(({ height }) => height)));
  });

  test('sides are 112 to 224 pixels, odd ones among them', () => {
    const sides = Array.from({ length: 30 }, (_, seed) => readPicture(one('colour', seed).picture)).flatMap(
      ({ width, height }) => [width, height],
    );
    for (const side of sides) {
      expect(side).toBeGreaterThanOrEqual(112);
      expect(side).toBeLessThanOrEqual(224);
    }
    expect(sides.some((side) => side % 2 === 1)).toBe(true);
  });

  test('draws the same from the same random numbers, and something new without', () => {
    expect(one('digits', 1)).toEqual(one('digits', 1));
    const fresh = Array.from({ length: 5 }, () =>
      Buffer.from(generateQuestions()[0]?.picture ?? []).toString('hex'),
    );
    expect(new Set(fresh).size).toBe(5);
  });

  test('as many circles as expected, apart from each other and from the edge', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { expected, picture } = one('count', seed);
        const { blobs, ink, width, height } = readPicture(picture);
        expect(String(blobs)).toBe(expected);
        expect(Math.min(ink.left, ink.top)).toBeGreaterThanOrEqual(4);
        expect(ink.left + ink.width).toBeLessThanOrEqual(width - 4);
        expect(ink.top + ink.height).toBeLessThanOrEqual(height - 4);
      }),
      RUNS,
    );
  });

  test('a whole circle in the corner that is expected, its middle in the outer 30 %', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { expected, picture } = one('position', seed);
        const { corner, shape, ink, width, height } = readPicture(picture);
        expect({ corner, shape }).toEqual({ corner: expected, shape: 'circle' });
        const x = (ink.left + ink.width / 2) / width;
        const y = (ink.top + ink.height / 2) / height;
        expect(Math.min(x, 1 - x)).toBeLessThanOrEqual(0.31);
        expect(Math.min(y, 1 - y)).toBeLessThanOrEqual(0.31);
      }),
      RUNS,
    );
  });

  test('two different numbers in the order that is expected', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { expected, pictures } = one('numbers', seed);
        const digits = pictures.map((picture) => readPicture(picture).digits);
        expect(digits.join(', ')).toBe(expected);
        expect(digits[0]).not.toBe(digits[1]);
      }),
      RUNS,
    );
  });

  test('the extremes of a random source draw too', () => {
    const single = ['colour', 'shape', 'digits', 'corner', 'blobs'] as const;
    const kinds: SeeingKind[] = ['colour', 'shape', 'digits', 'position', 'count'];
    for (const random of [() => 0, () => 1 - 2 ** -32]) {
      for (const [index, { expected, picture }] of generateQuestions({ random, kinds }).entries()) {
        expect(String(readPicture(picture)[single[index] ?? 'colour'])).toBe(expected);
      }
      expect(generateQuestions({ random })).toHaveLength(7);
    }
  });
});
