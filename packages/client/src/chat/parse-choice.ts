import { isRecord } from '../errors/error-body.ts';
import type { ToolCall } from '../request/tools.ts';
import type { ChatChoice, TokenLogprob } from './chat-types.ts';

/** Reads loosely: what is missing or of another type is taken for absent. */
export function parseChoice(choice: unknown, position: number): ChatChoice {
  const record = isRecord(choice) ? choice : {};
  const message = isRecord(record.message) ? record.message : {};
  return {
    index: typeof record.index === 'number' ? record.index : position,
    text: typeof message.content === 'string' ? message.content : '',
    finishReason: typeof record.finish_reason === 'string' ? record.finish_reason : '',
    stopReason: parseStopReason(record.stop_reason),
    toolCalls: parseToolCalls(message.tool_calls),
    logprobs: parseLogprobs(record.logprobs),
    tokenIds: parseTokenIds(record.token_ids),
  };
}

export function parseStopReason(value: unknown): string | number | undefined {
  return typeof value === 'string' || typeof value === 'number' ? value : undefined;
}

/** The list in `logprobs.content`; its elements are taken as the server wrote them. */
export function parseLogprobs(value: unknown): readonly TokenLogprob[] | undefined {
  return isRecord(value) && Array.isArray(value.content) ? value.content : undefined;
}

export function parseTokenIds(value: unknown): readonly number[] | undefined {
  return Array.isArray(value) ? value : undefined;
}

function parseToolCalls(value: unknown): readonly ToolCall[] {
  return (Array.isArray(value) ? value : []).filter(isRecord).map((call) => {
    const called = isRecord(call.function) ? call.function : {};
    return {
      id: String(call.id ?? ''),
      type: 'function',
      function: { name: String(called.name ?? ''), arguments: String(called.arguments ?? '') },
    };
  });
}
