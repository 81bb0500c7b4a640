import { randomBytes } from 'node:crypto';

export interface UsageNumbers {
  readonly promptTokens: number;
  readonly completionTokens: number;
}

/** The parts that all answers of one request share. */
export interface Identity {
  readonly id: string;
  readonly created: number;
  readonly model: string;
}

const FINGERPRINT = 'vllm-0.32.0-simulated';

/** `X-Request-Id` becomes the id, as in vLLM (021). */
export function createIdentity(model: string, requestId: string | undefined): Identity {
  return {
    id: `chatcmpl-${requestId ?? randomBytes(8).toString('hex')}`,
    created: Math.floor(Date.now() / 1_000),
    model,
  };
}

/** A whole answer, with every key that the real server sends (101). */
export function completionBody(
  identity: Identity,
  answers: readonly { readonly text: string; readonly finishReason: string }[],
  usage: UsageNumbers,
): object {
  return {
    id: identity.id,
    object: 'chat.completion',
    created: identity.created,
    model: identity.model,
    choices: answers.map((answer, index) => ({
      index,
      message: {
        role: 'assistant',
        content: answer.text,
        refusal: null,
        annotations: null,
        audio: null,
        function_call: null,
        reasoning: null,
      },
      logprobs: null,
      finish_reason: answer.finishReason,
      stop_reason: null,
      token_ids: null,
      routed_experts: null,
    })),
    service_tier: null,
    system_fingerprint: FINGERPRINT,
    usage: { ...usageBody(usage), prompt_tokens_details: null, completion_tokens_details: null },
    prompt_logprobs: null,
    prompt_token_ids: null,
    prompt_text: null,
    kv_transfer_params: null,
    ec_transfer_params: null,
    metrics: null,
  };
}

/** The first chunk: role and empty content (401). */
export function firstChunk(identity: Identity): object {
  const delta = { role: 'assistant', content: '' };
  return {
    ...chunk(identity, [{ index: 0, delta, logprobs: null, finish_reason: null }]),
    prompt_token_ids: null,
    prompt_text: null,
  };
}

/** A chunk with text; the last one carries the finish reason, and the fingerprint when no usage follows. */
export function textChunk(
  identity: Identity,
  text: string,
  end?: { readonly finishReason: string; readonly fingerprint: boolean },
): object {
  const choice = { index: 0, delta: { content: text }, logprobs: null };
  if (!end) return chunk(identity, [{ ...choice, finish_reason: null, token_ids: null }]);
  const last = chunk(identity, [
    { ...choice, finish_reason: end.finishReason, stop_reason: null, token_ids: null },
  ]);
  return end.fingerprint ? { ...last, system_fingerprint: FINGERPRINT } : last;
}

/** The usage chunk: no choices (402). */
export function usageChunk(identity: Identity, usage: UsageNumbers): object {
  return { ...chunk(identity, []), usage: usageBody(usage), system_fingerprint: FINGERPRINT };
}

export function frame(data: object | '[DONE]'): string {
  return `data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`;
}

function chunk(identity: Identity, choices: readonly object[]) {
  return {
    id: identity.id,
    object: 'chat.completion.chunk',
    created: identity.created,
    model: identity.model,
    choices,
  };
}

function usageBody({ promptTokens, completionTokens }: UsageNumbers) {
  return {
    prompt_tokens: promptTokens,
    total_tokens: promptTokens + completionTokens,
    completion_tokens: completionTokens,
  };
}
