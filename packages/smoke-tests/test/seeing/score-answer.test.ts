import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { generateQuestions, isRightAnswer, type SeeingKind } from '../../src/seeing/index.ts';
import { editDistance, scoreAnswer } from '../../src/seeing/score-answer.ts';

const score = (kind: SeeingKind, expected: string, answer: string): number => {
  const [asked] = generateQuestions({ kinds: [kind] });
  return scoreAnswer({ question: asked?.question ?? '', expected }, answer);
};

describe('scoreAnswer', () => {
  test.each([
    ['digits', '4719', '4719', 1],
    ['digits', '4719', '4718', 0.75],
    ['digits', '4719', '471', 0.75],
    ['digits', '4719', '8888', 0],
    ['digits', '4719', 'a cat', 0],
    ['colour', 'red', 'Red.', 1],
    ['colour', 'red', 'dark red', 0],
    ['count', '3', '4', 0],
    ['colours', 'red, blue, green', 'red, green, blue', 1 / 3],
    ['colours', 'red, blue, green', 'red, blue', 2 / 3],
    ['colours', 'red, blue', 'red, blue, green, black', 0.5],
    ['numbers', '4719, 3820', '4719, 3821', 0.875],
    ['position', 'top left', 'top right', 0.5],
    ['digits', '4719', '', 0],
  ] as const)('%s %s: %j scores %d', (kind, expected, answer, right) => {
    expect(score(kind, expected, answer)).toBeCloseTo(right, 10);
  });

  test('is 1 for right answers and below for all others', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1000, max: 9999 }), fc.string(), (written, answer) => {
        const [asked] = generateQuestions({ kinds: ['digits'] });
        const question = { question: asked?.question ?? '', expected: String(written) };
        const scored = scoreAnswer(question, answer);
        expect(scored).toBeGreaterThanOrEqual(0);
        expect(scored === 1).toBe(isRightAnswer(question, answer));
      }),
    );
  });
});

test('editDistance is a metric', () => {
  const word = fc.string({ maxLength: 6 });
  fc.assert(
    fc.property(word, word, word, (a, b, c) => {
      expect(editDistance(a, b)).toBe(editDistance(b, a));
      expect(editDistance(a, b) === 0).toBe(a === b);
      expect(editDistance(a, c)).toBeLessThanOrEqual(editDistance(a, b) + editDistance(b, c));
    }),
  );
});
