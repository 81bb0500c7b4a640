import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { FileAccess, OpenFile } from '../../src/files/open-file.ts';
import { imagePart } from '../../src/index.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pixtral-files-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it('a file is read at once until an access was slow, then by other threads, then at once again', async () => {
  const path = join(folder, 'bytes');
  await writeFile(path, 'abcdef');
  let now = 0;
  // Each access takes as long as this, from when it looks at the clock to when it looks again.
  let takesMs = 1;
  const access = new FileAccess(() => {
    now += takesMs;
    return now;
  });
  await using file = await OpenFile.open(path, access);
  const buffer = Buffer.alloc(6);
  expect(file.read(buffer, 0, 2, 0)).toBe(2);
  takesMs = 30;
  expect(file.read(buffer, 2, 2, 2)).toBe(2);
  takesMs = 1;
  const later = file.read(buffer, 4, 2, 4);
  expect(later).toBeInstanceOf(Promise);
  expect(await later).toBe(2);
  expect(buffer.toString()).toBe('abcdef');
  expect(await file.size()).toBe(6);
  expect(await file.read(buffer, 0, 6, 6)).toBe(0);
  now += 10_000;
  expect(file.read(buffer, 0, 1, 0)).toBe(1);
});

it('a file that is not there is told by its path, by either way', async () => {
  let takesMs = 30;
  const access = new FileAccess(() => {
    takesMs += 30;
    return takesMs;
  });
  const open = () => OpenFile.open(join(folder, 'nothing'), access);
  await expect(open()).rejects.toThrow(/ENOENT.*nothing/);
  await expect(open()).rejects.toThrow(/ENOENT.*nothing/);
});

it.skipIf(process.platform === 'win32')(
  'a pipe that nobody writes to is no picture, and stops nothing',
  async () => {
    const pipe = join(folder, 'pipe');
    await promisify(execFile)('mkfifo', [pipe]);
    await expect(imagePart(pipe)).rejects.toThrow('zero bytes');
  },
);
