import type { LanguageModelV4FinishReason, LanguageModelV4Usage } from '@ai-sdk/provider';
import type { Usage } from '../chat/chat-types.ts';

export function toFinishReason(raw: string): LanguageModelV4FinishReason {
  const unified = raw === 'stop' || raw === 'length' ? raw : 'other';
  return { unified, raw: raw === '' ? undefined : raw };
}

export function toUsage(usage: Usage | undefined): LanguageModelV4Usage {
  const cached = usage?.prompt_tokens_details?.cached_tokens;
  return {
    inputTokens: {
      total: usage?.prompt_tokens,
      noCache: usage && cached !== undefined ? usage.prompt_tokens - cached : undefined,
      cacheRead: cached,
      cacheWrite: undefined,
    },
    outputTokens: { total: usage?.completion_tokens, text: usage?.completion_tokens, reasoning: undefined },
  };
}
