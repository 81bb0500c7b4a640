import type { CheckContext } from './check.ts';
import { CheckFailure } from './errors.ts';
import { askSeeingQuestions } from './seeing/ask-seeing-questions.ts';
import type { KindResult } from './seeing/judge-kind.ts';
import { GATE_EXAM } from './seeing/seeing-exam.ts';
import type { SeeingKind } from './seeing/seeing-question.ts';
import type { SeeingAnswer, SeeingReport } from './seeing/seeing-report.ts';

/** Below the deadline of the checks that ask, so that they can tell what was answered. */
const DEADLINE_MS = 100_000;

/** Requests at the same time: a fleet in service has others to answer, and admits only so many. */
const CONCURRENCY = 8;

/**
 * Asks about fresh pictures by the rule of the gate, about those kinds only; evidence is what was answered right, and
 * each wrong answer.
 * @throws CheckFailure when a kind was not answered right often enough.
 */
export async function demandRightAnswers(
  { client, random, signal }: CheckContext,
  kinds: readonly SeeingKind[],
): Promise<string> {
  const report = await askSeeingQuestions({
    client,
    random,
    signal,
    exam: { ...GATE_EXAM, kinds },
    concurrency: CONCURRENCY,
    deadlineMs: DEADLINE_MS,
  });
  const wrong = report.answers.filter((answer) => !answer.ok).map(describeWrong);
  if (!report.ok) throw new CheckFailure([report.reason, ...wrong].join('; '));
  const right = report.kinds.map(
    (result) => `${result.kind} ${result.right} of ${result.asked} right: ${seenOf(report, result)}`,
  );
  return [...wrong, ...right].join('; ');
}

function seenOf({ answers }: SeeingReport, { kind }: KindResult): string {
  const right = answers.filter((answer) => answer.kind === kind && answer.ok);
  return right.map(({ expected }) => expected).join(' / ');
}

function describeWrong({ kind, expected, answer }: SeeingAnswer): string {
  return `${kind}: expected ${expected}, got ${JSON.stringify(answer)}`;
}
