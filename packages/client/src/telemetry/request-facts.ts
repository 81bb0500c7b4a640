import type { Picture } from '../images/picture.ts';
import type { ChatRequest } from '../request/chat-request.ts';
import type { RequestFacts } from './call-record.ts';

export function chatFacts(
  request: ChatRequest,
  call: { readonly model: string; readonly streaming: boolean; readonly pictures: readonly Picture[] },
): RequestFacts {
  return {
    operation: 'chat',
    model: request.model ?? call.model,
    streaming: call.streaming,
    images: call.pictures.length,
    maxTokens: request.max_completion_tokens ?? request.max_tokens ?? undefined,
    temperature: request.temperature ?? undefined,
    topP: request.top_p ?? undefined,
    topK: request.top_k ?? undefined,
    seed: request.seed ?? undefined,
    choices: request.n ?? undefined,
  };
}
