import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { buildPackage } from './build.ts';
import { run } from './run.ts';

/** Builds and packs into this folder. @returns the path of the tarball that `npm publish` would send. */
export async function packPackage(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const built = await buildPackage(join(folder, 'dist'));
  const packed = await run('npm', ['pack', '--json', '--pack-destination', folder], { cwd: built });
  const parsed: unknown = JSON.parse(packed);
  // npm 12 gives an object by package name, those before a list.
  const [first] = Object.values(parsed as Record<string, { readonly filename: string }>);
  if (!first) throw new Error(`npm pack named no file: ${packed}`);
  return join(folder, first.filename);
}
