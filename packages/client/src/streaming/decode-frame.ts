import { parseUsage } from '../chat/chat-completion.ts';
import { parseLogprobs, parseStopReason, parseTokenIds } from '../chat/parse-choice.ts';
import { isRecord } from '../errors/error-body.ts';
import type { ChatStreamEvent } from './stream-events.ts';

/** What one frame of a stream says, in the order in which it is to be told. Reads loosely. */
export function decodeFrame(frame: Readonly<Record<string, unknown>>): readonly ChatStreamEvent[] {
  const events: ChatStreamEvent[] = [];
  const promptTokenIds = parseTokenIds(frame.prompt_token_ids);
  if (promptTokenIds) events.push({ type: 'prompt-token-ids', tokenIds: promptTokenIds });
  for (const choice of Array.isArray(frame.choices) ? frame.choices : []) {
    if (isRecord(choice)) decodeChoice(choice, events);
  }
  const usage = parseUsage(frame.usage);
  if (usage) events.push({ type: 'usage', usage });
  return events;
}

function decodeChoice(choice: Readonly<Record<string, unknown>>, events: ChatStreamEvent[]): void {
  const index = typeof choice.index === 'number' ? choice.index : 0;
  const logprobs = parseLogprobs(choice.logprobs);
  if (logprobs) events.push({ type: 'logprobs', tokens: logprobs, index });
  const tokenIds = parseTokenIds(choice.token_ids);
  if (tokenIds) events.push({ type: 'token-ids', tokenIds, index });
  if (isRecord(choice.delta)) {
    const { content, tool_calls } = choice.delta;
    if (typeof content === 'string' && content !== '')
      events.push({ type: 'text-delta', text: content, index });
    if (Array.isArray(tool_calls)) decodeToolCalls(tool_calls, index, events);
  }
  if (typeof choice.finish_reason === 'string') {
    const stopReason = parseStopReason(choice.stop_reason);
    events.push({ type: 'finish', reason: choice.finish_reason, stopReason, index });
  }
}

function decodeToolCalls(calls: readonly unknown[], index: number, events: ChatStreamEvent[]): void {
  for (const call of calls) {
    if (!isRecord(call)) continue;
    const called = isRecord(call.function) ? call.function : {};
    events.push({
      type: 'tool-call-delta',
      toolIndex: typeof call.index === 'number' ? call.index : 0,
      id: typeof call.id === 'string' ? call.id : undefined,
      name: typeof called.name === 'string' ? called.name : undefined,
      arguments: typeof called.arguments === 'string' ? called.arguments : '',
      index,
    });
  }
}
