import { copyFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { type Archive, writeArchive } from './archive.ts';
import { cacheFolder } from './cache-folder.ts';

/** CommonJS dependencies look for `require` in what is an ES module now. */
const BANNER = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

/** The agent with all that it imports as one file, and its systemd unit. */
export function bundleAgent(): Archive {
  const source = dirname(fileURLToPath(import.meta.resolve('@pixtral-fleet/agent')));
  const folder = cacheFolder('agent');
  buildSync({
    entryPoints: [join(source, 'main.ts')],
    outfile: join(folder, 'agent.mjs'),
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    banner: { js: BANNER },
    legalComments: 'none',
    logLevel: 'error',
  });
  copyFileSync(join(source, '..', 'assets', 'pixtral-agent.service'), join(folder, 'pixtral-agent.service'));
  return writeArchive({
    folder,
    files: ['agent.mjs', 'pixtral-agent.service'],
    file: join(cacheFolder('archives'), 'agent.tar.gz'),
  });
}
