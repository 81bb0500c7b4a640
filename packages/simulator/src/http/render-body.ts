import type { AnswerOptions } from '../chat/chat-request.ts';
import type { Identity } from '../chat/frames.ts';
import { isRecord } from '../json.ts';

/** A prompt that was not given to the model, and how it would have been answered (622). */
export function renderBody(
  identity: Identity,
  ids: readonly number[],
  options: AnswerOptions,
  body: unknown,
): object {
  const given = isRecord(body) ? body : {};
  return {
    request_id: identity.id,
    token_ids: ids,
    token_offsets: null,
    features: null,
    content_parts: null,
    sampling_params: {
      presence_penalty: given.presence_penalty ?? 0,
      frequency_penalty: given.frequency_penalty ?? 0,
      repetition_penalty: given.repetition_penalty ?? 1,
      temperature: given.temperature ?? 1,
      ...(given.seed === undefined ? {} : { seed: given.seed }),
      stop: options.stop,
      stop_token_ids: [],
      ...(options.maxTokens === undefined ? {} : { max_tokens: options.maxTokens }),
      output_kind: 2,
      skip_clone: true,
      bad_words: [],
      skip_reading_prefix_cache: false,
    },
    model: identity.model,
    reasoning_ended: null,
    reasoning_parser_kwargs: null,
    return_token_ids: null,
    output_mode: 'tokens',
    stream: options.stream,
    stream_options: null,
    cache_salt: null,
    priority: 0,
    kv_transfer_params: null,
    ec_transfer_params: null,
  };
}
