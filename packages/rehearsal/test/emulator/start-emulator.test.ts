import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type Emulator,
  type PythonEnvironment,
  prepareEmulator,
  startEmulator,
} from '../../src/emulator/index.ts';
import { groupRuns } from '../../src/run/child-process.ts';
import { CACHE } from './test-cloud.ts';

let python: PythonEnvironment;
beforeAll(async () => {
  python = await prepareEmulator({ cacheDirectory: CACHE });
}, 120_000);

let folder: string;
const started: Emulator[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'start-'));
});
afterEach(async () => {
  await Promise.all(started.splice(0).map((emulator) => emulator.stop()));
  await rm(folder, { recursive: true, force: true });
});

async function start(port?: number): Promise<Emulator> {
  const emulator = await startEmulator({
    python,
    runDirectory: join(folder, 'emulator'),
    ...(port === undefined ? {} : { port }),
  });
  started.push(emulator);
  return emulator;
}

describe('the emulated AWS', () => {
  it('answers on a free port of the loopback, logs into one file, and is gone after its stop', async () => {
    const emulator = await start();
    expect(emulator.endpointUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect((await fetch(`${emulator.endpointUrl}/_ministack/health`)).status).toBe(200);
    expect(await readFile(emulator.logFile, 'utf8')).toContain('services available');
    await emulator.stop();
    expect(await emulator.exited).toBe(0);
    expect(await groupRuns(emulator.pid)).toBe(false);
    await expect(fetch(emulator.endpointUrl)).rejects.toThrow('fetch failed');
  });

  it('fails when its port is taken, and names it', async () => {
    const server = createServer((_request, response) => response.end('ok'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    try {
      await expect(start(port)).rejects.toMatchObject({
        name: 'RehearsalError',
        message: `port ${port} of 127.0.0.1 is taken by another process: the emulated AWS cannot listen there; name another port, or none for a free one`,
      });
    } finally {
      server.close();
    }
  });

  it('does not take another emulator on its port for itself', async () => {
    const first = await start();
    await expect(start(Number(new URL(first.endpointUrl).port))).rejects.toThrow(
      'is taken by another process',
    );
    expect((await fetch(`${first.endpointUrl}/_ministack/health`)).ok).toBe(true);
  });

  it('tells that it was killed', async () => {
    const emulator = await start();
    process.kill(emulator.pid, 'SIGKILL');
    expect(await emulator.exited).toBeNull();
    await emulator.stop();
    expect(await groupRuns(emulator.pid)).toBe(false);
  });

  it('fails when its Python does not exist', async () => {
    const missing: PythonEnvironment = { ...python, command: join(folder, 'python') };
    await expect(startEmulator({ python: missing, runDirectory: join(folder, 'emulator') })).rejects.toThrow(
      `the emulated AWS ended while starting: spawn ${join(folder, 'python')} ENOENT`,
    );
  });

  it('fails with the last words of a Python that lacks ministack', async () => {
    const bare: PythonEnvironment = { ...python, command: process.env.PIXTRAL_PYTHON || 'python3' };
    await expect(startEmulator({ python: bare, runDirectory: join(folder, 'emulator') })).rejects.toThrow(
      "the emulated AWS ended while starting: ModuleNotFoundError: No module named 'ministack'",
    );
  });
});
