import type { HubFile } from './hub-client.ts';

/** Layouts of a checkpoint; a repository may hold both. */
export type ModelFormat = 'mistral' | 'hf';

/** Extensions of what vLLM reads: weights, configuration, tokenizers, chat templates. */
const READ = /\.(safetensors|json|txt|model|jinja)$/;

/** Weights of Mistral's layout, and what only that one has. */
const MISTRAL = /^(consolidated.*\.safetensors|params\.json|tekken\.json|tokenizer\.model.*)$/;

/** Whether a server of the format needs a file: weights of the other layout would double what is fetched and kept. */
function isNeeded(path: string, format: ModelFormat): boolean {
  if (path.includes('/')) return false;
  if (format === 'mistral') return MISTRAL.test(path) || path === 'SYSTEM_PROMPT.txt';
  return READ.test(path) && !/^consolidated/.test(path);
}

/** The files of a listing that a server of the format needs, by path. */
export function chooseFiles(files: readonly HubFile[], format: ModelFormat): readonly HubFile[] {
  return files
    .filter(({ path }) => isNeeded(path, format))
    .toSorted((a, b) => (a.path < b.path ? -1 : Number(a.path > b.path)));
}
