import { verdictOf } from './judge-kind.ts';
import type { SeeingExam } from './seeing-exam.ts';
import type { SeeingKind } from './seeing-question.ts';

/** What becomes of a kind, exactly, when each question is answered right with the same probability. */
export interface KindProbability {
  readonly passed: number;
  readonly failed: number;
  /** Still neither after `maxQuestions`, and therefore refused. */
  readonly undecided: number;
  /** Mean number of questions up to the verdict. Rounds may ask a few more. */
  readonly questions: number;
}

/**
 * Walks over all (questions, right answers) that leave a kind undecided, each with its probability.
 * @param options.right how often the model is right about this kind, 0 to 1, independently
 */
export function kindProbability(
  exam: SeeingExam,
  { kind, right }: { readonly kind: SeeingKind; readonly right: number },
): KindProbability {
  const sums = { passed: 0, failed: 0, undecided: 1, questions: 0 };
  // open[n]: probability of so many right answers and no verdict.
  let open = [1];
  for (let asked = 1; asked <= exam.maxQuestions; asked++) {
    sums.questions += sums.undecided;
    const next = Array.from({ length: asked + 1 }, () => 0);
    sums.undecided = 0;
    for (const [before, probability] of open.entries()) {
      for (const [rights, share] of [
        [before + 1, right],
        [before, 1 - right],
      ] as const) {
        const verdict = verdictOf(exam, kind, { right: rights, wrong: asked - rights });
        sums[verdict] += probability * share;
        if (verdict === 'undecided') next[rights] = (next[rights] ?? 0) + probability * share;
      }
    }
    open = next;
  }
  return sums;
}

/** Probability that a model passes all kinds, given how often it is right about each, independently. */
export function examProbability(exam: SeeingExam, right: (kind: SeeingKind) => number): number {
  return exam.kinds.reduce(
    (all, kind) => all * kindProbability(exam, { kind, right: right(kind) }).passed,
    1,
  );
}
