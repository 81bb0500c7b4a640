import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Archive, writeArchive } from './archive.ts';
import { bundleFile } from './bundle-file.ts';

/** CommonJS dependencies look for `require` in what is an ES module now; the long name is nobody else's. */
export const BUNDLE_BANNER: string =
  "import { createRequire as createBundleRequire } from 'node:module'; const require = createBundleRequire(import.meta.url);";

/** What systemd is given: units, and the script that one of them runs. */
const ASSETS: readonly string[] = [
  'pixtral-agent.service',
  'pixtral-engine.service',
  'pixtral-storage.service',
  'prepare-storage.sh',
];

/** The agent with all that it imports as one file, the thread that receives files, and what systemd is given. */
export function bundleAgent(): Archive {
  const source = dirname(fileURLToPath(import.meta.resolve('@pixtral-fleet/agent')));
  return writeArchive(
    [
      {
        path: 'agent.mjs',
        content: bundleFile({ entry: join(source, 'main.ts'), format: 'esm', banner: BUNDLE_BANNER }),
      },
      {
        path: 'part-worker.mjs',
        content: bundleFile({ entry: join(source, 'files/transfer/part-worker.ts'), format: 'esm' }),
      },
      ...ASSETS.map((path) => ({ path, content: { file: join(source, '..', 'assets', path) } })),
    ],
    (sha256) => `agent-${sha256.slice(0, 16)}.tar.gz`,
  );
}
