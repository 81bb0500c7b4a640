import { isRecord } from '../json.ts';
import type { Difference } from './compare-json.ts';
import type { Recording } from './recording.ts';
import type { Answer } from './send-request.ts';
import type { Target } from './target.ts';

/**
 * The prompt tokens of pictures, of a server with another tokenizer: those of the request less those of the same request
 * without its pictures.
 */
export async function compareImageTokens(
  { request, imageTokens }: Recording,
  target: Target,
  answer: Answer,
): Promise<readonly Difference[]> {
  if (!request || !imageTokens || answer.status !== 200) return [];
  const textOnly = await target.send({ ...request, body: withoutPictures(request.body) });
  const got = promptTokens(answer) - promptTokens(textOnly);
  return got === imageTokens ? [] : [{ where: 'prompt tokens of the pictures', recorded: imageTokens, got }];
}

function promptTokens({ text }: Answer): number {
  return JSON.parse(text).usage?.prompt_tokens ?? Number.NaN;
}

function withoutPictures(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((item) => !isPicture(item)).map(withoutPictures);
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutPictures(item)]));
}

function isPicture(value: unknown): boolean {
  return isRecord(value) && value.type === 'image_url';
}
