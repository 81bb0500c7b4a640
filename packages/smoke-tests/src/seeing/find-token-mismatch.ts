import type { SeeingAnswer } from './seeing-report.ts';

/**
 * The text of a kind never changes, so what `usage.prompt_tokens` counts beside the pictures must not either. When it
 * does, the server counts pictures otherwise than the catalog, on which admission, scaling and cost rest.
 */
export function findTokenMismatch(answers: readonly SeeingAnswer[]): string | undefined {
  const byQuestion = new Map<string, number>();
  for (const { question, textTokens, kind } of answers) {
    if (textTokens === undefined) continue;
    const before = byQuestion.get(question) ?? textTokens;
    byQuestion.set(question, before);
    if (before !== textTokens || textTokens < 1) {
      return `usage.prompt_tokens less the pictures’ tokens must be the same for every ${kind} question, got ${before} and ${textTokens}`;
    }
  }
  return undefined;
}
