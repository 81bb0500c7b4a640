import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { cacheFolder } from './cache-folder.ts';

/** Folder with the verification Lambda as one file, the AWS SDK included: the handler then runs as it was tested. */
export function bundleVerification(): string {
  const folder = cacheFolder('verification');
  rmSync(join(folder, 'index.js'), { force: true });
  buildSync({
    entryPoints: [join(dirname(dirname(fileURLToPath(import.meta.url))), 'verification', 'handler.ts')],
    outfile: join(folder, 'index.js'),
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    legalComments: 'none',
    logLevel: 'error',
  });
  return folder;
}
