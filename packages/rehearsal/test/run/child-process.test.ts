import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { groupRuns, startLogged } from '../../src/run/child-process.ts';
import { findLeftovers } from '../../src/run/leftovers.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'child-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('a logged process', () => {
  it('keeps what was printed on both outputs, and the exit code', async () => {
    const child = start('echo out; echo err >&2; exit 3');
    expect(await child.exited).toBe(3);
    expect(await readFile(join(folder, 'log'), 'utf8')).toBe('out\nerr\n');
  });

  it('is ended together with everything it started, also what ignores SIGTERM', async () => {
    const child = start('(trap "" TERM; sleep 60) & sleep 60');
    await expect.poll(() => groupRuns(child.pid)).toBe(true);
    await child.stop(200);
    await expect.poll(() => groupRuns(child.pid)).toBe(false);
  });

  it('fails when the command does not exist', async () => {
    const missing = startLogged(join(folder, 'nothing'), [], {
      cwd: folder,
      env: {},
      logFile: join(folder, 'log'),
    });
    await expect(missing.exited).rejects.toThrow('ENOENT');
  });
});

describe('leftovers', () => {
  it('names a process and a port that are still there, and nothing once they have gone', async () => {
    const child = start('sleep 60');
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const inventory = { processes: new Map([[child.pid, 'sleeper']]), ports: new Map([[port, 'balancer']]) };
    await expect
      .poll(() => findLeftovers(inventory))
      .toEqual([
        `process group ${child.pid} (sleeper) is still running`,
        `port ${port} (balancer) is still listening`,
      ]);
    await child.stop();
    await new Promise((resolve) => server.close(resolve));
    await expect.poll(() => findLeftovers(inventory)).toEqual([]);
  });
});

function start(script: string) {
  const env = { PATH: process.env.PATH ?? '' };
  return startLogged('bash', ['-c', script], { cwd: folder, env, logFile: join(folder, 'log') });
}
