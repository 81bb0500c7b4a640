import { readFile } from 'node:fs/promises';
import { type ItemWork, imagePart } from '@pixtral-fleet/client';
import { UsageError } from '../exit-codes.ts';

/** @throws UsageError unless the file holds a JSON object */
export async function readSchema(file: string): Promise<object> {
  const text = await readFile(file, 'utf8');
  let schema: unknown;
  try {
    schema = JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${file} is not JSON: ${error instanceof Error ? error.message : error}`);
  }
  if (typeof schema === 'object' && schema !== null && !Array.isArray(schema)) return schema;
  throw new UsageError(`${file} must hold a JSON Schema, an object, got ${text.slice(0, 60)}`);
}

/** Asks for JSON that follows the schema, which the server holds the model to, and reads it. */
export function structuredWork(options: {
  readonly question: string;
  readonly maxTokens: number;
  readonly schema: object;
}): ItemWork<unknown, unknown> {
  return async (item, { client, call, countUsage }) => {
    const images = Array.isArray(item.image) ? item.image : [item.image];
    const pictures = await Promise.all(images.map((image) => imagePart(image)));
    const text = { type: 'text' as const, text: item.question ?? options.question };
    const completion = await client.chat.create(
      {
        messages: [{ role: 'user', content: [...pictures, text] }],
        max_tokens: options.maxTokens,
        temperature: 0,
        structured_outputs: { json: options.schema },
      },
      call,
    );
    countUsage(completion.usage);
    if (completion.choices[0].finishReason === 'length') {
      throw new Error(`the answer was cut at ${options.maxTokens} tokens: give more with --max-tokens`);
    }
    return JSON.parse(completion.text);
  };
}
