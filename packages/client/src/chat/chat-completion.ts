import { isRecord } from '../errors/error-body.ts';
import { IncompleteStreamError, PixtralError, type ResponseInfo } from '../errors/errors.ts';
import type { ChatCompletion, Usage } from './chat-types.ts';

/** Reads loosely: only what is used must be there. @throws PixtralError when it is not. */
export function parseChatCompletion(text: string, response: ResponseInfo): ChatCompletion {
  const body = parseObject(text);
  const choices = (Array.isArray(body.choices) ? body.choices : []).map((choice: unknown, index) => {
    const record = isRecord(choice) ? choice : {};
    const message = isRecord(record.message) ? record.message : {};
    return {
      index,
      text: typeof message.content === 'string' ? message.content : '',
      finishReason: typeof record.finish_reason === 'string' ? record.finish_reason : '',
    };
  });
  const usage = parseUsage(body.usage);
  const [first] = choices;
  if (!first || !usage) throw unexpected(text);
  const aborted = choices.find((choice) => choice.finishReason === 'abort' || choice.finishReason === '');
  if (aborted) {
    throw new IncompleteStreamError(
      'the server stopped before the answer was complete (finish_reason "abort")',
      {
        partialText: aborted.text,
      },
    );
  }
  return {
    id: String(body.id ?? ''),
    model: String(body.model ?? ''),
    text: first.text,
    choices,
    usage,
    response,
  };
}

export function parseUsage(value: unknown): Usage | undefined {
  if (!isRecord(value)) return undefined;
  const { prompt_tokens, completion_tokens, total_tokens } = value;
  if (typeof prompt_tokens !== 'number' || typeof total_tokens !== 'number') return undefined;
  return {
    prompt_tokens,
    completion_tokens: typeof completion_tokens === 'number' ? completion_tokens : 0,
    total_tokens,
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
