import { copyFile, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { listWorkerPackages } from '../../../src/gateway/normalizing/worker-packages.ts';

const SOURCE = fileURLToPath(new URL('../../../src/gateway/normalizing/worker/main.ts', import.meta.url));

/** Puts the worker into a folder as an instance has it, for this machine's platform. @returns its file */
export async function writeWorker(folder: string): Promise<string> {
  const file = join(folder, 'picture-worker.mjs');
  await build({
    ...{ entryPoints: [SOURCE], outfile: file, logLevel: 'silent' },
    ...{ bundle: true, platform: 'node', format: 'esm', external: ['sharp'] },
  });
  for (const each of listWorkerPackages(`${process.platform}-${process.arch}`)) {
    await mkdir(dirname(join(folder, each.path)), { recursive: true });
    await copyFile(each.file, join(folder, each.path));
  }
  return file;
}
