import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createApproximateTokenizer } from './approximate.ts';
import { createTekken } from './tekken.ts';
import type { Tokenizer } from './tokenizer.ts';

/** The tokenizer of a model folder: exact with a `tekken.json`, about right without one. */
export async function readTokenizer(folder: string): Promise<Tokenizer> {
  const text = await readFile(join(folder, 'tekken.json'), 'utf8').catch(() => undefined);
  return text === undefined ? createApproximateTokenizer() : createTekken(JSON.parse(text));
}
