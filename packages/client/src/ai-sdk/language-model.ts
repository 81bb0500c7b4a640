import type {
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4GenerateResult,
  LanguageModelV4StreamPart,
  LanguageModelV4StreamResult,
} from '@ai-sdk/provider';
import type { CallOptions } from '../chat/chat-types.ts';
import type { PixtralClient } from '../pixtral-client.ts';
import { toFinishReason, toUsage } from './answer.ts';
import { toRequest } from './settings.ts';
import { toParts } from './stream-parts.ts';

export function languageModel(client: PixtralClient, modelId: string): LanguageModelV4 {
  async function doGenerate(options: LanguageModelV4CallOptions): Promise<LanguageModelV4GenerateResult> {
    const { request, warnings } = await toRequest(options, modelId);
    const completion = await client.chat.create(request, toCall(options));
    const [first] = completion.choices;
    return {
      content: [{ type: 'text', text: first.text }],
      finishReason: toFinishReason(first.finishReason),
      usage: toUsage(completion.usage),
      request: { body: request },
      response: { id: completion.id, modelId: completion.model, headers: { ...completion.response.headers } },
      warnings,
    };
  }

  async function doStream(options: LanguageModelV4CallOptions): Promise<LanguageModelV4StreamResult> {
    const { request, warnings } = await toRequest(options, modelId);
    const answer = await client.chat.stream(request, toCall(options));
    const parts = toParts(answer, warnings);
    const stream = new ReadableStream<LanguageModelV4StreamPart>({
      async pull(controller) {
        const { done, value } = await parts.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      // Who stops reading stops the model: this closes the connection.
      cancel: async () => void (await parts.return(undefined)),
    });
    return { stream, request: { body: request }, response: { headers: { ...answer.response.headers } } };
  }

  return {
    specificationVersion: 'v4',
    provider: 'pixtral-fleet',
    modelId,
    // None: the AI SDK then fetches pictures itself and gives their bytes. A fleet refuses URLs.
    supportedUrls: {},
    doGenerate,
    doStream,
  };
}

function toCall({ abortSignal, headers = {} }: LanguageModelV4CallOptions): CallOptions {
  const given = Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return { signal: abortSignal, headers: Object.fromEntries(given) };
}
