import { chmod, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { chooseRuntimeFormat } from '../../src/seeder/choose-runtime-format.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const { signal } = new AbortController();
const usualPath = process.env.PATH;

afterEach(() => {
  process.env.PATH = usualPath;
});

test('leaves neither files nor mounts, whatever it chooses, and has a reason for an archive', async () => {
  await using folder = await temporaryFolder();
  const { format, reason } = await chooseRuntimeFormat(folder.path, signal);
  expect(format === 'squashfs').toBe(reason === undefined);
  expect(await readdir(folder.path)).toEqual([]);
  expect(await readFile('/proc/self/mounts', 'utf8').catch(() => '')).not.toContain(folder.path);
});

test('an archive where images cannot be packed', async () => {
  await using folder = await temporaryFolder();
  process.env.PATH = folder.path;
  expect(await chooseRuntimeFormat(folder.path, signal)).toEqual({
    format: 'tar.zst',
    reason: 'mksquashfs was not found',
  });
});

test('an archive where they cannot be mounted, with the words of mount', async () => {
  await using folder = await temporaryFolder();
  await using programs = await temporaryFolder();
  const write = async (name: string, script: string) => {
    const file = join(programs.path, name);
    await writeFile(file, `#!/bin/sh\n${script}\n`);
    await chmod(file, 0o755);
  };
  await write('mksquashfs', 'echo image > "$2"');
  await write('mount', 'echo "mount: only root can do that" >&2; exit 1');
  process.env.PATH = `${programs.path}:${usualPath}`;
  expect(await chooseRuntimeFormat(folder.path, signal)).toEqual({
    format: 'tar.zst',
    reason: 'mount ended with code 1: mount: only root can do that',
  });
});
