import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PictureWorker } from '../../../src/gateway/normalizing/picture-worker.ts';
import {
  connectWorker,
  spawnWorker,
  workerArguments,
} from '../../../src/gateway/normalizing/worker-channel.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { drawPng } from '../pictures/draw-png.ts';
import { writeWorker } from './worker-folder.ts';

const LIMITS = { maxImageBytes: 10_485_760, maxImagePixels: 16_777_216 };
const PATIENCE_MS = 60_000;

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let file: string;
beforeAll(async () => {
  folder = await temporaryFolder();
  file = await writeWorker(folder.path);
});
afterAll(() => folder[Symbol.asyncDispose]());

const small = { bytes: drawPng(8), width: 8, height: 8, orientation: 1, format: 'png' } as const;

describe('a worker', () => {
  it('reads nothing but its own files, opens no connection, starts no process', async () => {
    const probe = join(dirname(file), 'probe.mjs');
    await writeFile(
      probe,
      `const tries = {
        read: () => import('node:fs').then((fs) => fs.readFileSync('/etc/hostname')),
        write: () => import('node:fs').then((fs) => fs.writeFileSync(${JSON.stringify(join(dirname(file), 'x'))}, '')),
        connect: () => import('node:net').then((net) => new Promise((ok, fail) => net.connect(1, '127.0.0.1').on('error', fail))),
        spawn: () => import('node:child_process').then((child) => child.execFileSync('/bin/true')),
        worker: () => import('node:worker_threads').then(({ Worker }) => new Worker('1', { eval: true })),
        compile: async () => { if (typeof WebAssembly === 'undefined') throw { code: 'none' }; },
      };
      for (const [name, attempt] of Object.entries(tries)) {
        console.log(name, await attempt().then(() => 'done', (error) => error.code));
      }`,
    );
    const args = workerArguments({ ...LIMITS, file: probe });
    const { stdout } = await promisify(execFile)(process.execPath, [...args]);
    expect(stdout.trim().split('\n')).toEqual([
      'read ERR_ACCESS_DENIED',
      'write ERR_ACCESS_DENIED',
      'connect ERR_ACCESS_DENIED',
      'spawn ERR_ACCESS_DENIED',
      'worker ERR_ACCESS_DENIED',
      'compile none',
    ]);
  });

  it('gets no more memory than it is given, whatever a picture takes', async () => {
    // 64 MiB in one piece, because all of an interlaced picture has to be there before its first row is.
    const noise = { create: { width: 4_096, height: 4_096, channels: 4 as const, background: '#ff000080' } };
    const bytes = await sharp(noise).png({ progressive: true, compressionLevel: 1 }).toBuffer();
    const job = { bytes, width: 1_024, height: 1_024, orientation: 1, format: 'png' } as const;
    const made = async (memoryBytes: number) => {
      const worker = new PictureWorker(spawnWorker({ ...LIMITS, file, memoryBytes })());
      await worker.whenReady(PATIENCE_MS);
      const answer = await worker.run(job, PATIENCE_MS).catch(() => undefined);
      worker.end();
      return answer?.isPicture === true;
    };
    expect([await made(512 * 1_048_576), await made(160 * 1_048_576)]).toEqual([true, false]);
  });

  it('ends when its agent does', async () => {
    const [command, ...args] = [process.execPath, ...workerArguments({ ...LIMITS, file })];
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    const exited = once(child, 'exit');
    await once(child.stdout, 'data');
    child.stdin.end();
    expect(await exited).toEqual([0, null]);
  });

  it('ends at a picture that is longer than any that is let through', async () => {
    const worker = new PictureWorker(spawnWorker({ ...LIMITS, file, maxImageBytes: 10 })());
    await worker.whenReady(PATIENCE_MS);
    await expect(worker.run(small, PATIENCE_MS)).rejects.toThrow('it ended');
  });
});

it('one that a service manager starts for a connection works on it, and ends with it', async () => {
  const socketPath = join(folder.path, 'pictures.sock');
  const exits: Promise<unknown[]>[] = [];
  // As systemd does with Accept=yes: the connection is its standard input and output.
  const manager = createServer({ pauseOnConnect: true }, (connection) => {
    const args = workerArguments({ ...LIMITS, file });
    const child = spawn(process.execPath, [...args], { stdio: [connection, connection, 'inherit'] });
    exits.push(once(child, 'exit'));
    connection.destroy();
  });
  await new Promise<void>((resolve) => manager.listen(socketPath, resolve));
  const channel = connectWorker(socketPath)();
  const worker = new PictureWorker(channel);
  await worker.whenReady(PATIENCE_MS);
  expect((await worker.run(small, PATIENCE_MS)).isPicture).toBe(true);
  worker.end();
  expect(await Promise.all(exits)).toHaveLength(1);
  manager.close();
});
