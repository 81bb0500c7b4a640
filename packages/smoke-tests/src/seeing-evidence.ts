import type { CheckContext } from './check.ts';
import { CheckFailure } from './errors.ts';
import { askSeeingQuestions } from './seeing/ask-seeing-questions.ts';
import { GATE_EXAM } from './seeing/seeing-exam.ts';
import type { SeeingKind } from './seeing/seeing-question.ts';
import type { SeeingAnswer } from './seeing/seeing-report.ts';

/** Below the deadline of the checks that ask, so that they can tell what was answered. */
const DEADLINE_MS = 100_000;

/**
 * Asks about fresh pictures by the rule of the gate, about those kinds only; evidence is each answer.
 * @throws CheckFailure when a kind was not answered right often enough.
 */
export async function demandRightAnswers(
  { client, random, signal }: CheckContext,
  kinds: readonly SeeingKind[],
): Promise<string> {
  const exam = { ...GATE_EXAM, kinds };
  const { ok, answers } = await askSeeingQuestions({ client, random, signal, exam, deadlineMs: DEADLINE_MS });
  const wrong = answers.filter((answer) => !answer.ok).map(describeWrong);
  if (!ok) throw new CheckFailure(wrong.join('; '));
  const right = answers.filter((answer) => answer.ok);
  return [...right.map(({ kind, answer }) => `${kind}: ${JSON.stringify(answer)}`), ...wrong].join('; ');
}

function describeWrong({ kind, expected, answer }: SeeingAnswer): string {
  return `${kind}: expected ${expected}, got ${JSON.stringify(answer)}`;
}
