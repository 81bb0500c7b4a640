import type { LanguageModelV4, ProviderV4 } from '@ai-sdk/provider';
import { InvalidRequestError } from '../errors/errors.ts';
import type { PixtralClient } from '../pixtral-client.ts';
import { languageModel } from './language-model.ts';

export type { PixtralOptions } from './settings.ts';

/** Models of a fleet for the AI SDK: `pixtral('pixtral-12b')` is what `generateText` takes as `model`. */
export interface PixtralProvider extends ProviderV4 {
  /** @param modelId Served model name. */
  (modelId: string): LanguageModelV4;
}

/**
 * A provider for the AI SDK (`ai` 7, specification v4) on top of a client, which stays the caller's to close.
 *
 * Deadlines and retries are the client's. Its errors come out of `generateText` as they are, and of `streamText` in
 * `onError` and as `error` parts; the AI SDK does not retry them again. Pictures by URL are fetched by the AI SDK, since
 * a fleet does not fetch. Fields of vLLM go into `providerOptions.pixtral`. Tools are not supported, and warned of.
 */
export function createPixtral(client: PixtralClient): PixtralProvider {
  const model = (modelId: string): LanguageModelV4 => languageModel(client, modelId);
  return Object.assign((modelId: string) => model(modelId), {
    specificationVersion: 'v4' as const,
    languageModel: model,
    embeddingModel: (modelId: string) => none('embedding', modelId),
    imageModel: (modelId: string) => none('image', modelId),
  });
}

function none(kind: string, modelId: string): never {
  throw new InvalidRequestError(
    `a fleet has language models only, got "${modelId}" as ${kind} model: use another provider for it`,
  );
}
