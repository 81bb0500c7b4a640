import { imagePart } from '../images/image-part.ts';
import type { Picture } from '../images/picture.ts';
import type { BatchItem, BatchOptions, ItemWork } from './batch-types.ts';
import { listImages } from './identify-item.ts';

export const DEFAULT_REQUEST = { max_tokens: 512, temperature: 0 } as const;

/** The work that most want: ask the question about the pictures and take the text. */
export function askWork<Data>(question: string, request: BatchOptions['request']): ItemWork<string, Data> {
  // A stream can be read only once, an item be sent several times.
  const pictures = new WeakMap<BatchItem<Data>, Promise<readonly Picture[]>>();
  return async (item, { client, call, countUsage }) => {
    const made = pictures.get(item) ?? Promise.all(listImages(item.image).map((image) => imagePart(image)));
    pictures.set(item, made);
    const content = [...(await made), { type: 'text' as const, text: item.question ?? question }];
    const { text, usage } = await client.chat.create(
      { ...DEFAULT_REQUEST, ...request, messages: [{ role: 'user', content }] },
      call,
    );
    countUsage(usage);
    return text;
  };
}
