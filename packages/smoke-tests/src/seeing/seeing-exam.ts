import { CHOICES } from './generate-questions.ts';
import { SEEING_KINDS, type SeeingKind } from './seeing-question.ts';

/**
 * How many questions are asked, and how many must be right.
 *
 * At first `first` questions of every kind are asked at once. More than `mostWrong` wrong answers in all end it. Then
 * every kind with a wrong answer gets `more` questions, and of each kind at least `first` answers must be right in all.
 */
export interface SeeingExam {
  readonly kinds: readonly SeeingKind[];
  readonly first: number;
  readonly more: number;
  readonly mostWrong: number;
}

/**
 * 14 questions, 3 more for each kind with a wrong answer. For independent errors, computed by `passProbability`:
 * a model that errs on 3 % of the questions is refused once in 15,000 times; one that guesses passes less than once in
 * 10^12 times; one that gives the same answer to every picture of a kind never does, for it errs on 7 of the first 14.
 */
export const GATE_EXAM: SeeingExam = { kinds: SEEING_KINDS, first: 2, more: 3, mostWrong: 4 };

/** Probability that a model passes which is right about each question of a kind with that probability, independently. */
export function passProbability(exam: SeeingExam, right: (kind: SeeingKind) => number): number {
  const { first, more, mostWrong } = exam;
  // ways[w]: probability that so many first answers are wrong so far and every kind gets there.
  let ways = [1];
  for (const kind of exam.kinds) {
    const p = right(kind);
    const next = Array.from({ length: ways.length + first }, () => 0);
    for (let wrong = 0; wrong <= first; wrong++) {
      // As many must be right among `more` as were wrong at first.
      const recovers = wrong === 0 ? 1 : atLeast(more, wrong, p);
      const here = binomial(first, wrong) * (1 - p) ** wrong * p ** (first - wrong) * recovers;
      for (const [before, probability] of ways.entries()) {
        next[before + wrong] = (next[before + wrong] ?? 0) + probability * here;
      }
    }
    ways = next;
  }
  return ways.slice(0, mostWrong + 1).reduce((sum, probability) => sum + probability, 0);
}

/** How often a guess is right that knows every question and all its answers, but not the picture. */
export function guessProbability(kind: SeeingKind): number {
  return 1 / CHOICES[kind];
}

function atLeast(of: number, least: number, p: number): number {
  let sum = 0;
  for (let count = least; count <= of; count++)
    sum += binomial(of, count) * p ** count * (1 - p) ** (of - count);
  return sum;
}

function binomial(of: number, chosen: number): number {
  let ways = 1;
  for (let index = 1; index <= chosen; index++) ways = (ways * (of - chosen + index)) / index;
  return ways;
}
