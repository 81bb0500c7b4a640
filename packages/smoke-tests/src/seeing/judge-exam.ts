import type { SeeingExam } from './seeing-exam.ts';
import type { SeeingAnswer } from './seeing-report.ts';

/** Why the exam is failed; undefined when it is passed. `deadlineMs` is given when it has passed. */
export function judgeExam(
  exam: SeeingExam,
  answers: readonly SeeingAnswer[],
  deadlineMs: number | undefined,
): string | undefined {
  const first = answers.slice(0, exam.kinds.length * exam.first);
  const wrong = first.filter(({ ok }) => !ok).length;
  const failed = exam.kinds.flatMap((kind) => {
    const ofKind = answers.filter((answer) => answer.kind === kind);
    const right = ofKind.filter(({ ok }) => ok).length;
    return right < exam.first ? [`${kind} ${right} of ${ofKind.length}`] : [];
  });
  if (failed.length === 0 && wrong <= exam.mostWrong) return undefined;
  const verdict = `answered right: ${failed.join(', ')}, at least ${exam.first} of each are needed`;
  const look = describeLook(answers, deadlineMs);
  return look ? `${look}; ${verdict}` : verdict;
}

/** What the answers look like, when that is plain. */
function describeLook(answers: readonly SeeingAnswer[], deadlineMs: number | undefined): string | undefined {
  if (deadlineMs !== undefined) return `no answer within ${deadlineMs / 1_000} s`;
  const said = answers.filter(({ textTokens }) => textTokens !== undefined);
  if (said.length === 0) return 'no request was answered';
  if (said.every(({ answer }) => answer.trim() === '')) return 'every answer is empty';
  const kinds = Map.groupBy(said, ({ kind }) => kind);
  const repeats = [...kinds.values()].every(
    (ofKind) => ofKind.length > 1 && new Set(ofKind.map(({ answer }) => answer)).size === 1,
  );
  return repeats ? 'the same answer to every picture of a kind: blind, or answered from a cache' : undefined;
}
