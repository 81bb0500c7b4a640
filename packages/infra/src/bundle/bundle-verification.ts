import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleFile } from './bundle-file.ts';
import { cacheFolder } from './cache-folder.ts';

/** Folder with the verification Lambda as one file, the AWS SDK included: the handler then runs as it was tested. */
export function bundleVerification(): string {
  const source = dirname(dirname(fileURLToPath(import.meta.url)));
  const code = bundleFile({ entry: join(source, 'verification', 'handler.ts'), format: 'cjs' });
  const sha256 = createHash('sha256').update(code).digest('hex');
  const cache = cacheFolder('verification');
  const folder = join(cache, sha256.slice(0, 16));
  if (!existsSync(folder)) placeFolder({ cache, folder, code });
  return folder;
}

function placeFolder(options: {
  readonly cache: string;
  readonly folder: string;
  readonly code: Uint8Array;
}): void {
  const staging = mkdtempSync(join(options.cache, '.staging-'));
  try {
    mkdirSync(join(staging, 'content'));
    writeFileSync(join(staging, 'content', 'index.js'), options.code);
    renameSync(join(staging, 'content'), options.folder);
  } catch (error) {
    // Another process was first, with the same content.
    if (!existsSync(join(options.folder, 'index.js'))) throw error;
  } finally {
    rmSync(staging, { recursive: true });
  }
}
