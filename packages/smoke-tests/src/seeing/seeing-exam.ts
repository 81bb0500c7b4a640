import { CHOICES } from './generate-questions.ts';
import { SEEING_KINDS, type SeeingKind } from './seeing-question.ts';

/**
 * Wald's sequential probability ratio test, for each kind of question by itself: how much likelier are its answers from
 * a model that sees than from one that guesses? Every answer moves that ratio, and it is asked on until one of the two
 * is plain. Source: A. Wald, Sequential Tests of Statistical Hypotheses, Ann. Math. Statist. 16 (1945) 117-186.
 */
export interface SeeingExam {
  /** All of them must be passed; one that is failed ends the exam. */
  readonly kinds: readonly SeeingKind[];
  /** How often a model that sees is right, 0 to 1. */
  readonly seeing: number;
  /**
   * A model that is right no more often than this does not see, 0 to 1, however hard the kind is to guess. Without it
   * one right number in four would do, since nobody guesses eight digits.
   */
  readonly blindAtMost: number;
  /** How often a blind model may pass a kind: passed when the ratio is at least 1 / this. */
  readonly falsePass: number;
  /** How often a model that sees may fail a kind: failed when the ratio is at most this. */
  readonly falseAlarm: number;
  /** Questions of one kind; who is neither passed nor failed after that is refused. */
  readonly maxQuestions: number;
  /** Questions of one kind at the same time after the first round. */
  readonly maxAtOnce: number;
}

/**
 * 34 questions when all answers are right: shape 7, position 6, count 5, and 4 of each other kind.
 *
 * 40 questions of a kind: a model that is right in 95 of 100 cases is then refused once in 40,000 times, all kinds
 * together; with 20 it would be once in 107, and more than 40 change little. `examProbability` computes all of this, and
 * docs/gate.md has the table.
 */
export const GATE_EXAM: SeeingExam = {
  kinds: SEEING_KINDS,
  seeing: 0.95,
  blindAtMost: 1 / 8,
  falsePass: 1 / 1_000,
  falseAlarm: 1 / 100_000,
  maxQuestions: 40,
  maxAtOnce: 10,
};

/** How often a guess is right that knows every question and all its answers, but not the picture. */
export function guessProbability(kind: SeeingKind): number {
  return 1 / CHOICES[kind];
}
