import type { Usage } from '../chat/chat-types.ts';

/** Tokens of two calls together. */
export function addUsage(
  sum: Usage | undefined,
  { prompt_tokens, completion_tokens, total_tokens }: Usage,
): Usage {
  return {
    prompt_tokens: (sum?.prompt_tokens ?? 0) + prompt_tokens,
    completion_tokens: (sum?.completion_tokens ?? 0) + completion_tokens,
    total_tokens: (sum?.total_tokens ?? 0) + total_tokens,
  };
}
