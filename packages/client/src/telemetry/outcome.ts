import type { ChatCompletion } from '../chat/chat-types.ts';
import type { AnswerBuilder } from '../streaming/answer-builder.ts';
import type { CallOutcome } from './call-record.ts';

export function completionOutcome({ id, model, usage, choices }: ChatCompletion): CallOutcome {
  return {
    responseId: id,
    responseModel: model,
    usage,
    finishReasons: choices.map(({ finishReason }) => finishReason),
  };
}

/** @param frame any frame of the stream: each names the answer and the model */
export function streamOutcome(
  { usage, choices }: AnswerBuilder,
  frame: Readonly<Record<string, unknown>>,
): CallOutcome {
  return {
    responseId: typeof frame.id === 'string' ? frame.id : undefined,
    responseModel: typeof frame.model === 'string' ? frame.model : undefined,
    usage,
    finishReasons: choices.map(({ finishReason }) => finishReason),
  };
}
