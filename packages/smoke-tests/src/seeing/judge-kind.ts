import { guessProbability, type SeeingExam } from './seeing-exam.ts';
import type { SeeingKind } from './seeing-question.ts';

/** What the answers of a kind tell so far; `undecided` stays when there are no more questions. */
export type KindVerdict = 'passed' | 'failed' | 'undecided';

/** How the questions of one kind went. */
export interface KindResult {
  readonly kind: SeeingKind;
  readonly verdict: KindVerdict;
  readonly right: number;
  readonly asked: number;
}

/** Answers of one kind, counted. */
export interface Tally {
  readonly right: number;
  readonly wrong: number;
}

/** Judges the answers in the order asked; the first plain verdict stands, whatever comes after it. */
export function judgeKind(exam: SeeingExam, kind: SeeingKind, oks: readonly boolean[]): KindResult {
  const tally = { right: 0, wrong: 0 };
  let verdict: KindVerdict = 'undecided';
  for (const ok of oks) {
    tally[ok ? 'right' : 'wrong']++;
    if (verdict === 'undecided') verdict = verdictOf(exam, kind, tally);
  }
  return { kind, verdict, right: tally.right, asked: oks.length };
}

/** What these answers tell by themselves, had nothing been plain before. */
export function verdictOf(exam: SeeingExam, kind: SeeingKind, tally: Tally): KindVerdict {
  const evidence = evidenceOf(exam, kind, tally);
  if (evidence >= -Math.log(exam.falsePass)) return 'passed';
  return evidence <= Math.log(exam.falseAlarm) ? 'failed' : 'undecided';
}

/** How many right answers in a row would pass a kind that is undecided; at least one. */
export function rightAnswersToPass(exam: SeeingExam, kind: SeeingKind, tally: Tally): number {
  let more = 1;
  while (verdictOf(exam, kind, { ...tally, right: tally.right + more }) !== 'passed') more++;
  return more;
}

/** Natural logarithm of the likelihood ratio: positive for a model that sees, negative for one that guesses. */
function evidenceOf(exam: SeeingExam, kind: SeeingKind, { right, wrong }: Tally): number {
  const blind = Math.max(guessProbability(kind), exam.blindAtMost);
  return right * Math.log(exam.seeing / blind) + wrong * Math.log((1 - exam.seeing) / (1 - blind));
}
