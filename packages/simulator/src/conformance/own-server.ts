import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Behaviour } from '../behaviour.ts';
import { writeSimulatedModel } from '../model/write-simulated-model.ts';
import type { RecordedRequest } from './recording.ts';
import { type Answer, type NoAnswerError, type SendOptions, sendRequest } from './send-request.ts';

/** A simulator as a process of its own, for what happens to processes. */
export interface OwnServer extends AsyncDisposable {
  readonly process: ChildProcess;
  /** Its exit code. */
  readonly exit: Promise<number | null>;
  /** What `/health` gave while it started, without repetitions: a status, or the system's error. */
  readonly boot: readonly (number | string)[];
  send(request: RecordedRequest, options?: Omit<SendOptions, 'mediaPort'>): Promise<Answer>;
}

const MAIN = join(import.meta.dirname, '..', 'main.ts');

/** Ready when it returns. @throws Error with the log when it exits instead */
export async function startServer(
  flags: readonly string[],
  behaviour: Partial<Behaviour>,
): Promise<OwnServer> {
  const folder = await mkdtemp(join(tmpdir(), 'conformance-'));
  await writeSimulatedModel(folder, { bytes: 100 });
  const file = join(folder, 'behaviour.json');
  await writeFile(file, JSON.stringify({ firstTokenMs: 0, ...behaviour }));
  const port = await freePort();
  const args = ['serve', folder, '--port', String(port), '--served-model-name', 'pixtral-12b', ...flags];
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: { ...process.env, PIXTRAL_SIMULATE_FILE: file },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let log = '';
  child.stderr.on('data', (data: Buffer) => {
    log += data;
  });
  const exit = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const send: OwnServer['send'] = (request, options) =>
    sendRequest({ host: '127.0.0.1', port }, request, { ...options, mediaPort: 0 });
  const dispose = async () => {
    child.kill('SIGKILL');
    await exit;
    await rm(folder, { recursive: true, force: true });
  };
  const boot: (number | string)[] = [];
  while (boot.at(-1) !== 200) {
    const health = await send({ method: 'GET', path: '/health' }).then(
      ({ status }) => status,
      (error: NoAnswerError) => error.code,
    );
    if (boot.at(-1) !== health) boot.push(health);
    if (child.exitCode !== null) {
      await dispose();
      throw new Error(`the simulator exited with ${child.exitCode} before it was ready:\n${log}`);
    }
    await sleep(20);
  }
  return { process: child, exit, boot, send, [Symbol.asyncDispose]: dispose };
}

/** A process cannot be asked which port it got before it is ready. */
async function freePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
