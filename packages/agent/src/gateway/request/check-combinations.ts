import { refuse } from './rules.ts';

/** Fields that only make sense together; each is within its own bounds already. */
export function checkCombinations(body: Readonly<Record<string, unknown>>): void {
  if (isGiven(body.stream_options) && body.stream !== true) {
    refuse('stream_options', 'belongs to streams: set "stream" to true or leave it out');
  }
  for (const field of ['top_logprobs', 'logprob_token_ids']) {
    if (isGiven(body[field]) && body[field] !== 0 && body.logprobs !== true) {
      refuse(field, 'needs "logprobs" to be true');
    }
  }
  const longest = longestAnswer(body);
  if (typeof body.min_tokens === 'number' && longest !== undefined && body.min_tokens > longest) {
    refuse('min_tokens', `must be at most the longest answer of ${longest} tokens, got ${body.min_tokens}`);
  }
  if (typeof body.n === 'number' && body.n > 1 && body.temperature === 0) {
    refuse('n', `must be 1 where "temperature" is 0, got ${body.n}: all answers would be the same`);
  }
  if (isGiven(body.tool_choice) && body.tool_choice !== 'none' && !isGiven(body.tools)) {
    refuse('tool_choice', 'needs "tools" to choose from');
  }
}

/** Limit in tokens of an answer; vLLM, too, prefers the newer name. */
export function longestAnswer({
  max_tokens,
  max_completion_tokens,
}: Readonly<Record<string, unknown>>): number | undefined {
  return [max_completion_tokens, max_tokens].find((limit) => typeof limit === 'number');
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}
