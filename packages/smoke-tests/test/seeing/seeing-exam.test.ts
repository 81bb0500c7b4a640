import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SeeingAnswer, SeeingKind } from '../../src/seeing/index.ts';
import { judgeExam } from '../../src/seeing/judge-exam.ts';
import { GATE_EXAM, guessProbability, passProbability } from '../../src/seeing/seeing-exam.ts';
import { seededRandom } from './seeded-random.ts';

describe('the exam of the gate', () => {
  test('refuses a model that errs on 3 % of the questions at most once in 10,000 times', () => {
    expect(1 - passProbability(GATE_EXAM, () => 0.97)).toBeLessThan(1e-4);
  });

  test('lets one that guesses pass less than once in a million times, whatever it guesses best', () => {
    expect(passProbability(GATE_EXAM, guessProbability)).toBeLessThan(1e-12);
    // Even one that sees all but what is written.
    const reads = new Set<SeeingKind>(['digits', 'numbers']);
    expect(passProbability(GATE_EXAM, (kind) => (reads.has(kind) ? guessProbability(kind) : 1))).toBeLessThan(
      1e-12,
    );
    expect(
      passProbability(GATE_EXAM, (kind) => (kind === 'digits' ? guessProbability(kind) : 1)),
    ).toBeLessThan(1e-6);
  });

  test('passes a model that is never wrong and none that is never right; more right is never worse', () => {
    expect(passProbability(GATE_EXAM, () => 1)).toBe(1);
    expect(passProbability(GATE_EXAM, () => 0)).toBe(0);
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(share, share, (one, other) => {
        const [less, more] = [Math.min(one, other), Math.max(one, other)].map((p) =>
          passProbability(GATE_EXAM, () => p),
        );
        expect(less).toBeLessThanOrEqual((more ?? 0) + 1e-12);
        expect(more).toBeLessThanOrEqual(1 + 1e-12);
      }),
    );
  });

  test.each([0.5, 0.7, 0.8, 0.9])(
    'is passed as often as computed by a model right with probability %d',
    (p) => {
      const random = seededRandom(Math.round(p * 100));
      const runs = 20_000;
      let passed = 0;
      for (let run = 0; run < runs; run++) passed += sit(() => random() < p) ? 1 : 0;
      const expected = passProbability(GATE_EXAM, () => p);
      // Five standard deviations.
      expect(Math.abs(passed / runs - expected)).toBeLessThan(
        5 * Math.sqrt((expected * (1 - expected)) / runs),
      );
    },
  );
});

/** One exam by the judge that the gate uses. */
function sit(isRight: () => boolean): boolean {
  const answer = (kind: SeeingKind): SeeingAnswer => {
    const ok = isRight();
    return { kind, question: kind, expected: '', answer: String(ok), ok, textTokens: 9, ms: 0, picture: '' };
  };
  const { kinds, first, more, mostWrong } = GATE_EXAM;
  const answers = kinds.flatMap((kind) => Array.from({ length: first }, () => answer(kind)));
  const wrong = answers.filter(({ ok }) => !ok);
  if (wrong.length <= mostWrong) {
    const again = kinds.filter((kind) => wrong.some((each) => each.kind === kind));
    answers.push(...again.flatMap((kind) => Array.from({ length: more }, () => answer(kind))));
  }
  return judgeExam(GATE_EXAM, answers, undefined) === undefined;
}
