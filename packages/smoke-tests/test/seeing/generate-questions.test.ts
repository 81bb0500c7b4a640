import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { generateQuestions, type SeeingKind } from '../../src/seeing/index.ts';
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
  test('asks about colour, shape and digits unless told otherwise', () => {
    expect(generateQuestions().map(({ kind }) => kind)).toEqual(['colour', 'shape', 'digits']);
  });

  test('asks exactly so', () => {
    const kinds: SeeingKind[] = ['colour', 'shape', 'digits', 'colours'];
    expect(generateQuestions({ kinds }).map(({ question }) => question)).toMatchInlineSnapshot(`
      [
        "What colour is this picture? Answer with one word: red, green, blue, yellow, orange, purple, black, white.",
        "What shape is in the picture? Answer with one word: circle, square, triangle.",
        "Which digits are written in the picture? Answer with the digits only.",
        "What colour is each picture, in order? Answer with the colours only, separated by commas.",
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

  test('the picture holds the digits that are expected, in dots of at least 6 pixels', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { expected, picture } = one('digits', seed);
        const { digits, ink } = readPicture(picture);
        expect(digits).toBe(expected);
        expect(expected).toMatch(/^[1-9]\d{3}$/);
        expect(expected).not.toMatch(/(\d)\1/);
        expect(ink.height / 7).toBeGreaterThanOrEqual(6);
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
        const { expected, pictures } = one('colours', seed);
        const colours = pictures.map((picture) => readPicture(picture).colour);
        expect(colours.join(', ')).toBe(expected);
        expect(new Set(colours).size).toBe(3);
      }),
      RUNS,
    );
  });

  test('several pictures are shown side by side in one', () => {
    const { pictures, picture } = one('colours', 7);
    const parts = pictures.map(readPicture);
    const sheet = readPicture(picture);
    expect(sheet.width).toBe(parts.reduce((sum, { width }) => sum + width, 2 * 8));
    expect(sheet.height).toBe(Math.max(...parts.map(({ height }) => height)));
    expect(sheet.colour).toBe(parts[1]?.colour);
  });

  test('sides are 256 to 512 pixels, odd ones among them', () => {
    const sides = Array.from({ length: 30 }, (_, seed) => readPicture(one('colour', seed).picture)).flatMap(
      ({ width, height }) => [width, height],
    );
    for (const side of sides) {
      expect(side).toBeGreaterThanOrEqual(256);
      expect(side).toBeLessThanOrEqual(512);
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

  test('the extremes of a random source draw too', () => {
    for (const random of [() => 0, () => 1 - 2 ** -32]) {
      for (const { kind, expected, picture } of generateQuestions({ random })) {
        expect(readPicture(picture)[kind as 'colour' | 'shape' | 'digits']).toBe(expected);
      }
    }
  });
});
