import { isFrameWord, isRightAnswer, wordsOf } from './is-right-answer.ts';
import type { SeeingQuestion } from './seeing-question.ts';

/** What an answer that is not right scores at most. */
const ALMOST = 0.9;

/**
 * How near an answer is to the right one: 1 when `isRightAnswer`, else 0 to 0.9. It tells a model that errs by a digit
 * from one that guesses; only right answers count at the gate.
 *
 * Items are compared by position and averaged over the longer list: words are right or wrong, digits score
 * 1 − (edits / digits). A single word is right or wrong.
 */
export function scoreAnswer(question: Pick<SeeingQuestion, 'question' | 'expected'>, answer: string): number {
  if (isRightAnswer(question, answer)) return 1;
  const expected = wordsOf(question.expected);
  const said = wordsOf(answer).filter((word) => !isFrameWord(word, question.question));
  const length = Math.max(expected.length, said.length);
  const isWord = expected.length === 1 && !/^\d{2,}$/.test(question.expected);
  if (isWord || said.length === 0) return 0;
  const nearness = expected.map((item, index) => nearnessOf(item, said[index] ?? ''));
  return Math.min(ALMOST, nearness.reduce((sum, each) => sum + each, 0) / length);
}

function nearnessOf(expected: string, said: string): number {
  if (!/^\d+$/.test(expected)) return expected === said ? 1 : 0;
  return 1 - editDistance(expected, said) / Math.max(expected.length, said.length);
}

/** Levenshtein's: how many characters must be put in, taken out or replaced. */
export function editDistance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let at = 1; at <= one.length; at++) {
    const next = [at];
    for (let to = 1; to <= other.length; to++) {
      const replaced = (row[to - 1] ?? 0) + (one[at - 1] === other[to - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[to] ?? 0) + 1, (next[to - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[other.length] ?? 0;
}
