import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  examProbability,
  GATE_EXAM,
  guessProbability,
  kindProbability,
  SEEING_KINDS,
  type SeeingKind,
} from '../../src/seeing/index.ts';
import { judgeKind, rightAnswersToPass } from '../../src/seeing/judge-kind.ts';
import { seededRandom } from './seeded-random.ts';

const share = fc.double({ min: 0, max: 1, noNaN: true });
const kinds = fc.constantFrom(...SEEING_KINDS);
const START = { right: 0, wrong: 0 };

describe('the exam of the gate', () => {
  test('asks as many questions of a kind as tell sight from a guess, 34 in all', () => {
    const asked = SEEING_KINDS.map((kind) => [kind, rightAnswersToPass(GATE_EXAM, kind, START)]);
    expect(Object.fromEntries(asked)).toEqual({
      shape: 7,
      position: 6,
      count: 5,
      colour: 4,
      colours: 4,
      digits: 4,
      numbers: 4,
    });
  });

  test.each(SEEING_KINDS)('a model that is blind in %s only passes at most once in 1,000 times', (blind) => {
    const passes = examProbability(GATE_EXAM, (kind) => (kind === blind ? guessProbability(kind) : 1));
    expect(passes).toBeGreaterThan(0);
    expect(passes).toBeLessThanOrEqual(1 / 1_000);
    const rarelyRight = kindProbability(GATE_EXAM, { kind: blind, right: GATE_EXAM.blindAtMost });
    expect(rarelyRight.passed).toBeLessThanOrEqual(1 / 1_000);
  });

  test.each(SEEING_KINDS)(
    'one that is right about %s 95 times in 100 fails it at most once in 100,000',
    (kind) => {
      expect(kindProbability(GATE_EXAM, { kind, right: 0.95 }).failed).toBeLessThanOrEqual(1 / 100_000);
    },
  );

  test('refuses a model that errs on 5 % less than once in 30,000 times, on 3 % less than once in 500,000', () => {
    expect(1 - examProbability(GATE_EXAM, () => 0.95)).toBeLessThan(1 / 30_000);
    expect(1 - examProbability(GATE_EXAM, () => 0.97)).toBeLessThan(1 / 500_000);
  });

  test('lets one that guesses pass less than once in 10^20 times', () => {
    expect(examProbability(GATE_EXAM, guessProbability)).toBeLessThan(1e-20);
  });

  test('passes a model that is never wrong and none that is never right', () => {
    expect(examProbability(GATE_EXAM, () => 1)).toBe(1);
    expect(examProbability(GATE_EXAM, () => 0)).toBe(0);
  });
});

describe('kindProbability', () => {
  test('sums up to 1, and more right is never worse', () => {
    fc.assert(
      fc.property(kinds, share, share, (kind, one, other) => {
        const [less, more] = [Math.min(one, other), Math.max(one, other)].map((right) =>
          kindProbability(GATE_EXAM, { kind, right }),
        );
        for (const each of [less, more]) {
          expect((each?.passed ?? 0) + (each?.failed ?? 0) + (each?.undecided ?? 0)).toBeCloseTo(1, 12);
        }
        expect(less?.passed).toBeLessThanOrEqual((more?.passed ?? 0) + 1e-12);
        expect(less?.failed).toBeGreaterThanOrEqual((more?.failed ?? 0) - 1e-12);
      }),
    );
  });

  test.each([
    ['shape', 0.5],
    ['count', 0.7],
    ['colour', 0.8],
    ['digits', 0.9],
    ['position', 0.25],
  ] as const)(
    '%s: the judge passes as often as computed a model right with probability %d',
    (kind, right) => {
      const random = seededRandom(Math.round(right * 100));
      const runs = 4_000;
      const counted = { passed: 0, failed: 0, undecided: 0 };
      for (let run = 0; run < runs; run++) counted[sit(kind, () => random() < right)]++;
      const computed = kindProbability(GATE_EXAM, { kind, right });
      for (const verdict of ['passed', 'failed', 'undecided'] as const) {
        const expected = computed[verdict];
        // Five standard deviations.
        expect(Math.abs(counted[verdict] / runs - expected)).toBeLessThan(
          5 * Math.sqrt((expected * (1 - expected)) / runs) + 1 / runs,
        );
      }
    },
  );
});

describe('judgeKind', () => {
  test('stays with the first plain verdict, whatever is answered after it', () => {
    fc.assert(
      fc.property(kinds, fc.array(fc.boolean(), { maxLength: 60 }), fc.boolean(), (kind, oks, next) => {
        const { verdict } = judgeKind(GATE_EXAM, kind, oks);
        const after = judgeKind(GATE_EXAM, kind, [...oks, next]);
        if (verdict !== 'undecided') expect(after.verdict).toBe(verdict);
        expect(after).toMatchObject({ kind, asked: oks.length + 1 });
      }),
    );
  });

  test('what would pass a kind passes it, and one answer less does not', () => {
    fc.assert(
      fc.property(kinds, fc.array(fc.boolean(), { maxLength: 12 }), (kind, oks) => {
        const { verdict, right, asked } = judgeKind(GATE_EXAM, kind, oks);
        fc.pre(verdict === 'undecided');
        const more = rightAnswersToPass(GATE_EXAM, kind, { right, wrong: asked - right });
        const withMore = (count: number) =>
          judgeKind(GATE_EXAM, kind, [...oks, ...Array.from({ length: count }, () => true)]).verdict;
        expect([withMore(more - 1), withMore(more)]).toEqual(['undecided', 'passed']);
      }),
    );
  });

  test('five wrong answers at first fail every kind', () => {
    for (const kind of SEEING_KINDS) {
      expect(
        judgeKind(
          GATE_EXAM,
          kind,
          Array.from({ length: 5 }, () => false),
        ).verdict,
      ).toBe('failed');
    }
  });
});

/** One question after the other, until the verdict is plain or there are no more questions. */
function sit(kind: SeeingKind, isRight: () => boolean): 'passed' | 'failed' | 'undecided' {
  const oks: boolean[] = [];
  for (;;) {
    const { verdict } = judgeKind(GATE_EXAM, kind, oks);
    if (verdict !== 'undecided' || oks.length === GATE_EXAM.maxQuestions) return verdict;
    oks.push(isRight());
  }
}
