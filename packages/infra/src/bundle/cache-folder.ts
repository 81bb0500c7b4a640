import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder that holds `pixtral.config.ts`, `packages/` and `node_modules/`. */
export const REPOSITORY: string = dirname(dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url))))));

/**
 * Folder of the repository's own cache. Several processes use it at the same time: what appears in it under its final
 * name is whole, and is never written again.
 */
export function cacheFolder(name: string): string {
  const folder = join(REPOSITORY, 'node_modules', '.cache', 'pixtral-fleet', name);
  mkdirSync(folder, { recursive: true });
  return folder;
}
