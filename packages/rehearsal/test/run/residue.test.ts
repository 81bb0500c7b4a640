import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { clearBelow, describeResidue } from '../../src/run/residue.ts';

let folder: string;
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'residue ')));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A process of a session of its own that does not listen to SIGTERM, as an orphaned model server may. */
async function startStubborn(cwd: string) {
  const script = 'trap "" TERM; echo here; while :; do sleep 1; done';
  const child = spawn('sh', ['-c', script], { cwd, detached: true, stdio: ['ignore', 'pipe', 'ignore'] });
  await once(child.stdout, 'data');
  return child;
}

const linux = process.platform === 'linux';

describe('what a killed agent leaves', () => {
  test.runIf(linux)('processes below the folder are ended, those beside it are not', async () => {
    const inside = join(folder, 'i-1');
    const beside = join(folder, 'i-10');
    await mkdir(inside);
    await mkdir(beside);
    const stubborn = await startStubborn(inside);
    const other = await startStubborn(beside);
    const ended = once(stubborn, 'exit');
    expect(await describeResidue(inside)).toContain(`process ${stubborn.pid} still works below ${inside}`);
    await clearBelow(inside);
    expect(await ended).toEqual([null, 'SIGKILL']);
    expect(await describeResidue(inside)).toEqual([]);
    expect(other.exitCode).toBeNull();
    await clearBelow(folder);
    expect(await describeResidue(folder)).toEqual([]);
  });

  const sh = (script: string) => spawnSync('sh', ['-c', script]).status;
  const mountable = linux && sh(`unshare --mount mount -t tmpfs none ${tmpdir()}`) === 0;
  test.runIf(mountable)('mounts below it are given back, also those whose path has blanks', async () => {
    const mount = join(folder, 'runtime root');
    await mkdir(mount);
    expect(sh(`mount -t tmpfs none '${mount}'`)).toBe(0);
    expect(await describeResidue(folder)).toEqual([`${mount} is still mounted`]);
    await clearBelow(folder);
    expect(await describeResidue(folder)).toEqual([]);
    expect(await readFile('/proc/self/mounts', 'utf8')).not.toContain('runtime\\040root');
  });
});
