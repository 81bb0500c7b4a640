import { statSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { list } from 'tar';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hashOf } from '../../src/bundle/archive.ts';
import { bundleAgent } from '../../src/bundle/bundle-agent.ts';
import { runNode } from '../run-node.ts';

const ARCHIVE_SOURCE = new URL('../../src/bundle/bundle-agent.ts', import.meta.url).href;

/** Bundles in a process of its own and prints the hash; the umask is of the process. */
function bundleElsewhere(options: { readonly cwd?: string; readonly umask?: number } = {}): Promise<string> {
  const script = `
    process.umask(${options.umask ?? 0o022});
    const { bundleAgent } = await import(${JSON.stringify(ARCHIVE_SOURCE)});
    const { file, sha256 } = bundleAgent();
    const { hashOf } = await import(${JSON.stringify(new URL('./archive.ts', ARCHIVE_SOURCE).href)});
    if (hashOf(file) !== sha256) throw new Error('the archive is not what its hash says');
    console.log(sha256);`;
  return runNode(['--input-type=module', '--eval', script], { cwd: options.cwd });
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pixtral-bundle-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('the agent’s archive', () => {
  it('holds the agent as one file, its thread and what systemd is given, all readable by everybody', () => {
    const entries: string[] = [];
    list({
      file: bundleAgent().file,
      sync: true,
      onReadEntry: (entry) => entries.push(`${entry.mode?.toString(8)} ${entry.path}`),
    });
    expect(entries).toEqual([
      '644 agent.mjs',
      '644 part-worker.mjs',
      '644 pixtral-agent.service',
      '644 pixtral-engine.service',
      '644 pixtral-storage.service',
      '644 prepare-storage.sh',
    ]);
  });

  it('with which pictures are made anew holds the worker, its decoders for instances, and its units', () => {
    const entries: string[] = [];
    const { file } = bundleAgent({ normalizesPictures: true });
    list({ file, sync: true, onReadEntry: ({ path }) => entries.push(path) });
    for (const path of [
      'picture-worker.mjs',
      'pixtral-pictures.socket',
      'pixtral-pictures@.service',
      'node_modules/sharp/dist/index.mjs',
      'node_modules/@img/sharp-linux-x64/LICENSE',
    ]) {
      expect(entries).toContain(path);
    }
    const native = entries.filter((path) => /\.node$|\.so(\.|$)/.test(path));
    expect(native.map((path) => path.split('/').slice(0, 3).join('/'))).toEqual([
      'node_modules/@img/sharp-libvips-linux-x64',
      'node_modules/@img/sharp-linux-x64',
    ]);
    // Of the gigabytes that an instance fetches it is nothing; of the default agent it would be seven times as much.
    expect(statSync(file).size).toBeLessThan(12_000_000);
  });

  it('is known by the SHA-256 of its bytes', async () => {
    const { file, sha256 } = bundleAgent();
    expect(sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(hashOf(file)).toBe(sha256);
    expect((await readFile(file)).subarray(0, 2).toString('hex')).toBe('1f8b');
  });

  it('is the same from any working folder: a new hash would replace every instance', async () => {
    expect(await bundleElsewhere({ cwd: folder })).toBe(bundleAgent().sha256);
  });

  it('is the same under any umask', async () => {
    expect(await bundleElsewhere({ umask: 0o077 })).toBe(bundleAgent().sha256);
  });

  it('is whole however many bundle at the same time, as tests and synth do', async () => {
    const hashes = await Promise.all(Array.from({ length: 6 }, () => bundleElsewhere()));
    expect(new Set(hashes)).toEqual(new Set([bundleAgent().sha256]));
  });
});
