import { spawnSync } from 'node:child_process';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openRuntime } from '../../src/runtime/open-runtime.ts';
import { packRuntime } from '../../src/seeder/pack-runtime.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const { signal } = new AbortController();

async function writeRuntime(folder: string, says: string): Promise<void> {
  await mkdir(join(folder, 'bin'), { recursive: true });
  await writeFile(join(folder, 'bin', 'vllm'), `#!/bin/sh\necho ${says}\n`);
  await chmod(join(folder, 'bin', 'vllm'), 0o755);
}

function start(folder: string): string {
  return spawnSync(join(folder, 'bin', 'vllm'), { encoding: 'utf8' }).stdout.trim();
}

async function packed(base: string, format: 'squashfs' | 'tar.zst') {
  const [source, files, root] = ['source', 'files', 'root'].map((name) => join(base, name)) as [
    string,
    string,
    string,
  ];
  await mkdir(files);
  await writeRuntime(source, 'hello');
  await packRuntime({ folder: source, out: files, format, signal });
  return { source, files, root };
}

/** Mounting needs root, the packer, and a kernel that knows the file system. */
async function canMount(): Promise<boolean> {
  const systems = await readFile('/proc/filesystems', 'utf8').catch(() => '');
  const packer = spawnSync('mksquashfs', ['-version']);
  return process.getuid?.() === 0 && packer.error === undefined && systems.includes('squashfs');
}

const mounts = await canMount();

describe('openRuntime', () => {
  test('a folder of files is used as it is', async () => {
    await using temporary = await temporaryFolder();
    const files = temporary.path;
    await writeRuntime(files, 'plain');
    const runtime = await openRuntime({ files, root: join(files, 'unused'), signal });
    expect(start(runtime.folder)).toBe('plain');
    await runtime.close();
  });

  test('an archive is unpacked once, and again when another one has come', async () => {
    await using temporary = await temporaryFolder();
    const { source, files, root } = await packed(temporary.path, 'tar.zst');
    const runtime = await openRuntime({ files, root, signal });
    expect(start(runtime.folder)).toBe('hello');
    await writeFile(join(root, 'bin', 'vllm'), '#!/bin/sh\necho kept\n');
    expect(start((await openRuntime({ files, root, signal })).folder)).toBe('kept');
    await writeRuntime(source, 'changed');
    await packRuntime({ folder: source, out: files, format: 'tar.zst', signal });
    expect(start((await openRuntime({ files, root, signal })).folder)).toBe('changed');
  });

  test('an archive that is cut is refused, and not taken for unpacked the next time', async () => {
    await using temporary = await temporaryFolder();
    const { files, root } = await packed(temporary.path, 'tar.zst');
    const archive = join(files, 'runtime.tar.zst');
    const whole = await readFile(archive);
    await writeFile(archive, whole.subarray(0, whole.length / 2));
    await expect(openRuntime({ files, root, signal })).rejects.toThrow(/^tar /);
    await expect(openRuntime({ files, root, signal })).rejects.toThrow(/^tar /);
  });

  test.runIf(mounts)('an image is mounted read-only, replaced, and given back', async () => {
    await using temporary = await temporaryFolder();
    const { source, files, root } = await packed(temporary.path, 'squashfs');
    await openRuntime({ files, root, signal });
    expect(start(root)).toBe('hello');
    await expect(writeFile(join(root, 'x'), '')).rejects.toThrow('EROFS');
    await writeRuntime(source, 'changed');
    await packRuntime({ folder: source, out: files, format: 'squashfs', signal });
    const again = await openRuntime({ files, root, signal });
    expect(start(root)).toBe('changed');
    await again.close();
    expect(await readFile('/proc/self/mounts', 'utf8')).not.toContain(root);
  });

  test('an image that is none is refused with the words of mount', async () => {
    await using temporary = await temporaryFolder();
    const files = temporary.path;
    await writeFile(join(files, 'runtime.squashfs'), 'nothing');
    await expect(openRuntime({ files, root: join(files, 'root'), signal })).rejects.toThrow(
      /^mount ended with code/,
    );
  });
});
