import { isRecord } from '../errors/error-body.ts';
import { IncompleteStreamError, PixtralError, type ResponseInfo } from '../errors/errors.ts';
import type { ChatCompletion, Usage } from './chat-types.ts';
import { parseChoice, parseTokenIds } from './parse-choice.ts';

/** Reads loosely: only what is used must be there. @throws PixtralError when it is not. */
export function parseChatCompletion(text: string, response: ResponseInfo): ChatCompletion {
  const body = parseObject(text);
  const [first, ...others] = (Array.isArray(body.choices) ? body.choices : []).map(parseChoice);
  const usage = parseUsage(body.usage);
  if (!first || !usage) throw unexpected(text);
  const choices = [first, ...others] as const;
  const aborted = choices.find(({ finishReason }) => finishReason === 'abort' || finishReason === '');
  if (aborted) {
    throw new IncompleteStreamError(
      'the server stopped before the answer was complete (finish_reason "abort")',
      { partialText: aborted.text },
    );
  }
  return {
    id: String(body.id ?? ''),
    model: String(body.model ?? ''),
    text: first.text,
    choices,
    usage,
    promptTokenIds: parseTokenIds(body.prompt_token_ids),
    promptLogprobs: Array.isArray(body.prompt_logprobs) ? body.prompt_logprobs : undefined,
    response,
  };
}

export function parseUsage(value: unknown): Usage | undefined {
  if (!isRecord(value)) return undefined;
  const { prompt_tokens, completion_tokens, total_tokens, prompt_tokens_details } = value;
  if (typeof prompt_tokens !== 'number' || typeof total_tokens !== 'number') return undefined;
  return {
    prompt_tokens,
    completion_tokens: typeof completion_tokens === 'number' ? completion_tokens : 0,
    total_tokens,
    ...(isRecord(prompt_tokens_details) ? { prompt_tokens_details } : {}),
  };
}

/** @throws PixtralError that shows the beginning of what came instead of a JSON object. */
export function parseObject(text: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(text);
    if (isRecord(parsed)) return parsed;
  } catch (error) {
    throw unexpected(text, error);
  }
  throw unexpected(text);
}

function unexpected(text: string, cause?: unknown): PixtralError {
  return new PixtralError(`expected a JSON object, got ${JSON.stringify(text.slice(0, 200))}`, {
    cause,
  });
}
