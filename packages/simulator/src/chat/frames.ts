import { randomBytes } from 'node:crypto';
import { pythonJson } from './python-text.ts';
import type { VllmError } from './vllm-error.ts';

/** The parts that all answers of one request share. */
export interface Identity {
  readonly id: string;
  readonly created: number;
  readonly model: string;
}

export interface UsageNumbers {
  readonly promptTokens: number;
  readonly completionTokens: number;
}

/** `prompt_tokens_details`, as `--enable-prompt-tokens-details` shows them (604, 610). */
export interface UsageDetails {
  readonly cached_tokens: number;
  readonly created_cache_tokens: number;
  readonly multimodal_tokens: { readonly image: number } | null;
}

/** `vllm-<version>-<8 digits of a hash of the configuration>`. */
export const FINGERPRINT = 'vllm-0.32.0-51b0a7ed';

/** `X-Request-Id` becomes the id, as in vLLM (021). */
export function createIdentity(model: string, requestId: string | undefined): Identity {
  return {
    id: `chatcmpl-${requestId ?? randomBytes(8).toString('hex')}`,
    created: Math.floor(Date.now() / 1_000),
    model,
  };
}

/** A chunk of a stream; the keys come in this order. */
export function chunk(identity: Identity, choices: readonly object[]): object {
  return {
    id: identity.id,
    object: 'chat.completion.chunk',
    created: identity.created,
    model: identity.model,
    choices,
  };
}

export function usageBody({ promptTokens, completionTokens }: UsageNumbers): object {
  return {
    prompt_tokens: promptTokens,
    total_tokens: promptTokens + completionTokens,
    completion_tokens: completionTokens,
  };
}

export function frame(data: object | '[DONE]'): string {
  return `data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`;
}

/** The only frames with spaces behind colons and commas (414, 625), and what follows them. */
export function errorFrames(error: VllmError): string {
  return `data: ${pythonJson(error.body())}\n\n${frame('[DONE]')}`;
}
