import { execFile } from 'node:child_process';
import { readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const execute = promisify(execFile);

export interface PackageFigures {
  /** Milliseconds that importing the compiled package takes in a fresh process. */
  readonly importMs: readonly number[];
  /** The compiled package and its runtime dependencies, installed. */
  readonly installedMb: number;
}

/** Of the package as `npm run build -w packages/client` has left it. */
export async function measurePackage(rounds: number): Promise<PackageFigures> {
  const dist = fileURLToPath(new URL('../dist', import.meta.url));
  const entry = pathToFileURL(join(dist, 'index.js')).href;
  const script = `const began = performance.now(); await import('${entry}'); console.log(performance.now() - began)`;
  const importMs: number[] = [];
  for (let round = 0; round < 2 * rounds; round++) {
    const { stdout } = await execute(process.execPath, ['--input-type=module', '-e', script]);
    importMs.push(Number(stdout));
  }
  const folders = [dist, ...['undici', 'eventsource-parser'].map(folderOf)];
  const sizes = await Promise.all(folders.map(sizeOf));
  return { importMs, installedMb: sizes.reduce((sum, size) => sum + size, 0) / 1024 ** 2 };
}

function folderOf(name: string): string {
  let folder = dirname(fileURLToPath(import.meta.resolve(name)));
  while (!folder.endsWith(join('node_modules', name))) folder = dirname(folder);
  return folder;
}

async function sizeOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(
    files.map(async (file) => (await stat(join(file.parentPath, file.name))).size),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
