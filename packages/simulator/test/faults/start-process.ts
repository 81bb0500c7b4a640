import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Behaviour, writeSimulatedModel } from '../../src/index.ts';
import { until } from '../stream.ts';

/** The server as a process of its own, as an instance starts it. */
export interface ServerProcess extends AsyncDisposable {
  readonly pid: number;
  /** Everything printed so far. */
  readonly log: () => string;
  /** Of the model server, once it listens. */
  readonly url: () => Promise<string>;
  readonly controlUrl: () => Promise<string>;
  readonly exited: Promise<{ readonly code: number | null; readonly signal: string | null }>;
  readonly terminate: () => void;
}

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

export async function startProcess(
  behaviour: Partial<Behaviour>,
  {
    args = [],
    environment = {},
  }: {
    readonly args?: readonly string[];
    readonly environment?: Readonly<Record<string, string>>;
  } = {},
): Promise<ServerProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'simulator-'));
  await writeSimulatedModel(join(folder, 'model'), { bytes: 100 });
  await writeFile(join(folder, 'behaviour.json'), JSON.stringify({ perPictureMs: 0, ...behaviour }));
  const child: ChildProcess = spawn(
    process.execPath,
    [MAIN, 'serve', join(folder, 'model'), '--port', '0', '--control', '0', ...args],
    {
      env: { ...process.env, PIXTRAL_SIMULATE_FILE: join(folder, 'behaviour.json'), ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let log = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      log += text;
    });
  }
  const exited = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  const find = async (pattern: RegExp) => {
    await until(`${pattern} in ${log}`, () => pattern.test(log));
    return pattern.exec(log)?.[1] ?? '';
  };
  return {
    pid: child.pid ?? -1,
    log: () => log,
    url: () => find(/startup complete, listening on (\S+)/),
    controlUrl: () => find(/can be changed at (\S+)/),
    exited,
    terminate: () => void child.kill('SIGTERM'),
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await exited;
      await rm(folder, { recursive: true });
    },
  };
}
