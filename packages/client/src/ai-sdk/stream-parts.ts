import type { LanguageModelV4StreamPart, SharedV4Warning } from '@ai-sdk/provider';
import type { ChatStream } from '../streaming/chat-stream.ts';
import { toFinishReason, toUsage } from './answer.ts';

const TEXT_ID = '0';

/**
 * The events of an answer as the AI SDK wants them. What the stream throws becomes an `error` part after the text that
 * came, with the finish reason `error`: the AI SDK hands it to `onError` and rejects `text`.
 */
export async function* toParts(
  answer: ChatStream,
  warnings: SharedV4Warning[],
): AsyncGenerator<LanguageModelV4StreamPart, void, undefined> {
  yield { type: 'stream-start', warnings };
  let finish = toFinishReason('');
  let usage = toUsage(undefined);
  let textOpen = false;
  try {
    for await (const event of answer) {
      if (event.type === 'text-delta' && event.index === 0) {
        if (!textOpen) yield { type: 'text-start', id: TEXT_ID };
        textOpen = true;
        yield { type: 'text-delta', id: TEXT_ID, delta: event.text };
      } else if (event.type === 'finish' && event.index === 0) finish = toFinishReason(event.reason);
      else if (event.type === 'usage') usage = toUsage(event.usage);
    }
  } catch (error) {
    finish = { unified: 'error', raw: undefined };
    yield { type: 'error', error };
  }
  if (textOpen) yield { type: 'text-end', id: TEXT_ID };
  yield { type: 'finish', finishReason: finish, usage };
}
