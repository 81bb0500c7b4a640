import type { LanguageModelV4CallOptions, SharedV4Warning } from '@ai-sdk/provider';
import type { ChatRequest } from '../request/chat-request.ts';
import type { RefusedFields } from '../request/refused-fields.ts';
import { toMessages } from './prompt.ts';

/**
 * `providerOptions.pixtral`: fields of a request that the AI SDK has no name for, such as `min_p`, `structured_outputs` or
 * `repetition_penalty`. They win over what the AI SDK sets. Write `{ … } satisfies PixtralOptions` to have them checked.
 */
export type PixtralOptions = Omit<
  ChatRequest,
  'messages' | 'model' | 'n' | 'tools' | 'tool_choice' | keyof RefusedFields
>;

/** One request of the client, and what of the options it cannot say. @throws InvalidRequestError */
export async function toRequest(
  options: LanguageModelV4CallOptions,
  modelId: string,
): Promise<{ readonly request: ChatRequest; readonly warnings: SharedV4Warning[] }> {
  const settings = {
    max_tokens: options.maxOutputTokens,
    temperature: options.temperature,
    top_p: options.topP,
    top_k: options.topK,
    presence_penalty: options.presencePenalty,
    frequency_penalty: options.frequencyPenalty,
    seed: options.seed,
    stop: options.stopSequences,
    response_format: toResponseFormat(options.responseFormat),
    ...options.providerOptions?.pixtral,
  };
  const given = Object.entries(settings).filter(([, value]) => value !== undefined);
  return {
    request: { ...Object.fromEntries(given), model: modelId, messages: await toMessages(options.prompt) },
    warnings: findUnsupported(options),
  };
}

function toResponseFormat(
  format: LanguageModelV4CallOptions['responseFormat'],
): ChatRequest['response_format'] {
  if (format?.type !== 'json') return undefined;
  if (!format.schema) return { type: 'json_object' };
  const { schema, name = 'answer', description } = format;
  return {
    type: 'json_schema',
    json_schema: { name, schema, strict: true, ...(description === undefined ? {} : { description }) },
  };
}

function findUnsupported(options: LanguageModelV4CallOptions): SharedV4Warning[] {
  const warnings: SharedV4Warning[] = [];
  if (options.tools && options.tools.length > 0) {
    const details = 'the model is not told of the tools: a fleet runs vLLM without a parser for their calls';
    warnings.push({ type: 'unsupported', feature: 'tools', details });
  }
  const { reasoning = 'provider-default' } = options;
  if (reasoning !== 'provider-default' && reasoning !== 'none') {
    const details = `Pixtral does not reason; "${reasoning}" has no effect`;
    warnings.push({ type: 'unsupported', feature: 'reasoning', details });
  }
  if (options.includeRawChunks) warnings.push({ type: 'unsupported', feature: 'includeRawChunks' });
  return warnings;
}
