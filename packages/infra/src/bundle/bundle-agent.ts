import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { INSTANCE_PLATFORM, listWorkerPackages } from '@pixtral-fleet/agent';
import { type Archive, type ArchiveEntry, writeArchive } from './archive.ts';
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

/** The same of the processes that make pictures anew. */
const PICTURE_ASSETS: readonly string[] = ['pixtral-pictures.socket', 'pixtral-pictures@.service'];

/** What a config needs beside what every agent has. */
export interface BundleAgentOptions {
  /** Whether pictures are made anew: 8 MB of decoders then go with the agent. @default false */
  readonly normalizesPictures?: boolean;
}

/**
 * The agent with all that it imports as one file, the thread that receives files, and what systemd is given.
 * @throws Error that says what to install, where the decoders of the instances' platform are not on this machine
 */
export function bundleAgent({ normalizesPictures = false }: BundleAgentOptions = {}): Archive {
  const source = dirname(fileURLToPath(import.meta.resolve('@pixtral-fleet/agent')));
  const asset = (path: string): ArchiveEntry => ({
    path,
    content: { file: join(source, '..', 'assets', path) },
  });
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
      ...ASSETS.map(asset),
      ...(normalizesPictures ? [...PICTURE_ASSETS.map(asset), ...pictureWorker(source)] : []),
    ],
    (sha256) => `agent-${sha256.slice(0, 16)}.tar.gz`,
  );
}

/** The worker as one file, and beside it the native code that no bundle can hold. */
function pictureWorker(source: string): readonly ArchiveEntry[] {
  const entry = join(source, 'gateway/normalizing/worker/main.ts');
  return [
    {
      path: 'picture-worker.mjs',
      content: bundleFile({ entry, format: 'esm', external: ['sharp'] }),
    },
    ...listWorkerPackages(INSTANCE_PLATFORM).map(({ path, file }) => ({ path, content: { file } })),
  ];
}
