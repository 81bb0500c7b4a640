import type { CheckContext } from './check.ts';
import { CheckFailure } from './errors.ts';
import { askSeeingQuestions } from './seeing/ask-seeing-questions.ts';
import type { SeeingKind } from './seeing/seeing-question.ts';
import type { SeeingAnswer } from './seeing/seeing-report.ts';

/**
 * Asks about fresh pictures; evidence is each answer, and any wrong one that came before it.
 * @throws CheckFailure when a kind was not answered right in two attempts.
 */
export async function demandRightAnswers(
  { client, random, signal }: CheckContext,
  kinds: readonly SeeingKind[],
): Promise<string> {
  const { ok, answers, retried } = await askSeeingQuestions({ client, random, signal, kinds });
  const wrong = [...retried, ...answers.filter((answer) => !answer.ok)];
  if (!ok) throw new CheckFailure(wrong.map(describeWrong).join('; '));
  const right = answers.map(({ kind, answer }) => `${kind}: ${JSON.stringify(answer)}`);
  return [...right, ...wrong.map((answer) => `at first ${describeWrong(answer)}`)].join('; ');
}

function describeWrong({ kind, expected, answer }: SeeingAnswer): string {
  return `${kind}: expected ${expected}, got ${JSON.stringify(answer)}`;
}
