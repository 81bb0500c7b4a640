import { judgeKind, type KindResult } from './judge-kind.ts';
import type { SeeingExam } from './seeing-exam.ts';
import type { SeeingAnswer } from './seeing-report.ts';

/** How far each kind of the exam has come with these answers, which are in the order asked. */
export function judgeKinds(exam: SeeingExam, answers: readonly SeeingAnswer[]): readonly KindResult[] {
  return exam.kinds.map((kind) =>
    judgeKind(
      exam,
      kind,
      answers.filter((answer) => answer.kind === kind).map(({ ok }) => ok),
    ),
  );
}

/** Why the exam is failed; undefined when it is passed. `deadlineMs` is given when it has passed. */
export function judgeExam(
  exam: SeeingExam,
  answers: readonly SeeingAnswer[],
  deadlineMs: number | undefined,
): string | undefined {
  const kinds = judgeKinds(exam, answers);
  const failed = kinds.filter(({ verdict }) => verdict === 'failed');
  const undecided = kinds.filter(({ verdict }) => verdict === 'undecided');
  if (failed.length + undecided.length === 0) return undefined;
  // What is only undecided because another kind ended the exam tells nothing.
  const verdict =
    failed.length > 0
      ? `answered right: ${list(failed)}: guessed, not seen`
      : `answered right: ${list(undecided)}: neither plainly seen nor plainly guessed`;
  const look = describeLook(answers, deadlineMs);
  return look ? `${look}; ${verdict}` : verdict;
}

function list(kinds: readonly KindResult[]): string {
  return kinds.map(({ kind, right, asked }) => `${kind} ${right} of ${asked}`).join(', ');
}

/** What the answers look like, when that is plain. */
function describeLook(answers: readonly SeeingAnswer[], deadlineMs: number | undefined): string | undefined {
  if (deadlineMs !== undefined) return `no answer within ${deadlineMs / 1_000} s`;
  const said = answers.filter(({ textTokens }) => textTokens !== undefined);
  if (said.length === 0) return 'no request was answered';
  if (said.every(({ answer }) => answer.trim() === '')) return 'every answer is empty';
  const kinds = Map.groupBy(said, ({ kind }) => kind);
  const repeats = [...kinds.values()].every((ofKind) => ofKind.length > 1 && isOneAnswer(ofKind));
  return repeats ? 'the same answer to every picture of a kind: blind, or answered from a cache' : undefined;
}

/** Word for word, or one item for each of several pictures, however many there are. */
function isOneAnswer(answers: readonly SeeingAnswer[]): boolean {
  const items = answers.flatMap(({ answer }) => answer.split(',').map((item) => item.trim()));
  return new Set(answers.map(({ answer }) => answer)).size === 1 || new Set(items).size === 1;
}
