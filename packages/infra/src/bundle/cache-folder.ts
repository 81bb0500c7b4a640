import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's own cache: what is bundled once is not bundled again. */
export function cacheFolder(name: string): string {
  const repository = dirname(dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url))))));
  const folder = join(repository, 'node_modules', '.cache', 'pixtral-fleet', name);
  mkdirSync(folder, { recursive: true });
  return folder;
}
