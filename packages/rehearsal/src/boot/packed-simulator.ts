import { execFile } from 'node:child_process';
import { copyFile, cp, mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { runtimeFileName } from '@pixtral-fleet/agent';
import { atomicLibrary, BUNDLE_BANNER, bundleFile } from '@pixtral-fleet/infra/bundle';
import type { RehearsalEngine } from '../engine/index.ts';
import { simulatedEngine } from '../engine/simulated-engine.ts';
import { initialBehaviour, writeBehaviour } from '../engine/simulated-runtime.ts';

const run = promisify(execFile);
const HERE = dirname(fileURLToPath(import.meta.url));

/** Programs and libraries that no bundle can hold: sharp loads its own from beside it. */
const NATIVE = [
  'sharp',
  '@img/colour',
  'detect-libc',
  'semver',
  '@img/sharp-linux-x64',
  '@img/sharp-libvips-linux-x64',
];

/**
 * The simulator as an image like the one of the GPU: everything that it needs is in it, nothing of this machine is used.
 * Before it serves it tries what a model server must not be able to do (`engine-probe.mjs`) and prints what it could.
 */
export function packedSimulator(): RehearsalEngine {
  const simulated = simulatedEngine({ behaviourFile: '/dev/null', mutant: undefined });
  return {
    ...simulated,
    prepare: async () => 'simulator, packed as an image',
    async files(staging) {
      const { model, runtime: parent, partBytes } = await simulated.files(staging);
      const runtime = `${parent}-image`;
      await mkdir(runtime, { recursive: true });
      const content = await writeContent(join(staging, 'runtime-content'));
      const image = join(runtime, runtimeFileName('squashfs'));
      const flags = ['-comp', 'zstd', '-Xcompression-level', '1', '-all-root', '-no-progress', '-quiet'];
      await run('mksquashfs', [content, image, ...flags]);
      return { model, runtime, partBytes };
    },
    loadSlowly: async () => undefined,
  };
}

async function writeContent(folder: string): Promise<string> {
  const bin = join(folder, 'bin');
  await mkdir(bin, { recursive: true });
  await copyFile(process.execPath, join(bin, 'node'));
  const lib = join(folder, 'lib');
  await mkdir(lib);
  await writeFile(join(lib, 'libatomic.so.1'), atomicLibrary());
  const simulator = dirname(fileURLToPath(import.meta.resolve('@pixtral-fleet/simulator')));
  const bundle = bundleFile({
    entry: join(simulator, 'main.ts'),
    format: 'esm',
    banner: BUNDLE_BANNER,
    external: ['sharp'],
  });
  await writeFile(join(folder, 'simulator.mjs'), bundle);
  await copyFile(join(HERE, 'engine-probe.mjs'), join(folder, 'engine-probe.mjs'));
  const fromSimulator = createRequire(join(simulator, 'main.ts'));
  const modules = dirname(dirname(dirname(fromSimulator.resolve('sharp'))));
  for (const name of NATIVE) {
    const from = join(modules, name);
    await cp(from, join(folder, 'node_modules', name), { recursive: true, dereference: true });
  }
  await writeBehaviour(join(folder, 'behaviour.json'), initialBehaviour(undefined));
  const script = [
    '#!/bin/sh',
    `here="$(dirname "$(dirname "$0")")"`,
    `export LD_LIBRARY_PATH="$here/lib"`,
    `"$here/bin/node" "$here/engine-probe.mjs"`,
    `PIXTRAL_SIMULATE_FILE="$here/behaviour.json" exec "$here/bin/node" "$here/simulator.mjs" "$@"`,
    '',
  ].join('\n');
  await writeFile(join(bin, 'vllm'), script, { mode: 0o755 });
  return folder;
}
