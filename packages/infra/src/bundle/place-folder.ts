import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from './cache-folder.ts';

/**
 * A folder of the cache that holds exactly these files, under a name made of their content.
 * @param kind folder of the cache that it lies in
 * @param files content by name
 */
export function placeFolder(kind: string, files: Readonly<Record<string, Uint8Array | string>>): string {
  const hash = createHash('sha256');
  for (const [name, content] of Object.entries(files)) hash.update(`${name}\0`).update(content).update('\0');
  const cache = cacheFolder(kind);
  const folder = join(cache, hash.digest('hex').slice(0, 16));
  if (existsSync(folder)) return folder;
  const staging = mkdtempSync(join(cache, '.staging-'));
  try {
    mkdirSync(join(staging, 'content'));
    for (const [name, content] of Object.entries(files)) {
      writeFileSync(join(staging, 'content', name), content);
    }
    renameSync(join(staging, 'content'), folder);
  } catch (error) {
    // Another process was first, with the same content.
    if (!existsSync(folder)) throw error;
  } finally {
    rmSync(staging, { recursive: true });
  }
  return folder;
}
