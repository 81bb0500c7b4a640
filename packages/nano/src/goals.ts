import type { KindAccuracy } from './accuracy.ts';

/** Least share of right answers that the small model is held to. What is not named has no goal. */
const AT_LEAST: Readonly<Record<string, number>> = {
  colour: 0.99,
  shape: 0.97,
  digits: 0.9,
  colours: 0.95,
  'reply with the word': 0.99,
};

/** Without its picture, or with a plain one, a question is answered right by no more than this. */
const UNSEEN_AT_MOST = 0.02;

/** Of a plain picture the model was not taught to say "none" when asked for a corner: it guesses one of four. */
const GUESSED_AT_MOST: Readonly<Record<string, number>> = { 'position, picture blank': 0.25 };

/** A result that a model exactly at the goal would show less often than this misses the goal. */
const SIGNIFICANCE = 0.001;

/**
 * The goals that a measurement misses, each in a sentence. A small sample misses only what chance cannot explain: of 40
 * questions with a goal of 99 %, 36 may be right.
 */
export function missedGoals(results: readonly KindAccuracy[]): readonly string[] {
  return results.flatMap(({ name, asked, right }) => {
    const unseen = name.endsWith('missing') || name.endsWith('blank');
    const goal = unseen ? (GUESSED_AT_MOST[name] ?? UNSEEN_AT_MOST) : AT_LEAST[name];
    if (goal === undefined) return [];
    const chance = unseen ? atMost(asked - right, asked, 1 - goal) : atMost(right, asked, goal);
    if (chance >= SIGNIFICANCE) return [];
    return [`${name}: ${right} of ${asked} right, expected at ${unseen ? 'most' : 'least'} ${goal * 100} %`];
  });
}

/** Probability of at most `right` right answers among `asked` when each is right with probability `p`. */
function atMost(right: number, asked: number, p: number): number {
  let sum = 0;
  let logWays = 0;
  for (let count = 0; count <= right; count++) {
    if (count > 0) logWays += Math.log((asked - count + 1) / count);
    sum += Math.exp(logWays + count * Math.log(p) + (asked - count) * Math.log(1 - p));
  }
  return Math.min(1, sum);
}
