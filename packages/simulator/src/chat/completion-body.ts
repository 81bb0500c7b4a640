import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import type { AnswerOptions } from './chat-request.ts';
import type { PreparedChat } from './complete-chat.ts';
import { FINGERPRINT, type Identity, type UsageDetails, usageBody } from './frames.ts';
import { logprobsOf, promptLogprobsOf } from './logprobs.ts';

/** A whole answer, with every key that the real server sends (101). */
export function completionBody(
  identity: Identity,
  { prompt, answers }: PreparedChat,
  options: AnswerOptions,
  context: { readonly details: UsageDetails | null; readonly tokenizer: Tokenizer },
): object {
  const { topLogprobs, promptLogprobs, returnTokenIds } = options;
  const completionTokens = answers.reduce((sum, { tokens }) => sum + tokens.length, 0);
  return {
    id: identity.id,
    object: 'chat.completion',
    created: identity.created,
    model: identity.model,
    choices: answers.map((answer, index) => ({
      index,
      message: {
        role: 'assistant',
        content: answer.tokens.map(({ text }) => text).join(''),
        refusal: null,
        annotations: null,
        audio: null,
        function_call: null,
        reasoning: null,
      },
      logprobs: topLogprobs === undefined ? null : logprobsOf(answer.tokens, topLogprobs),
      finish_reason: answer.finishReason,
      stop_reason: answer.stopReason,
      token_ids: returnTokenIds ? answer.tokens.map(({ id }) => id) : null,
      routed_experts: null,
    })),
    service_tier: null,
    system_fingerprint: FINGERPRINT,
    usage: {
      ...usageBody({ promptTokens: prompt.ids.length, completionTokens }),
      prompt_tokens_details: context.details,
      completion_tokens_details: null,
    },
    prompt_logprobs: promptLogprobs === undefined ? null : promptLogprobsOf(prompt.ids, context.tokenizer),
    prompt_token_ids: returnTokenIds ? prompt.ids : null,
    prompt_text: null,
    kv_transfer_params: null,
    ec_transfer_params: null,
    metrics: null,
  };
}
