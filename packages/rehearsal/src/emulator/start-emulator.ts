import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startLogged } from '../run/child-process.ts';
import { RehearsalError } from '../run/failure.ts';
import { findFreePort } from '../run/free-port.ts';
import { pollUntil } from '../run/poll.ts';
import { EMULATOR_FOLDER, type PythonEnvironment } from './prepare-emulator.ts';

/** A running emulated AWS. */
export interface Emulator {
  readonly endpointUrl: string;
  readonly pid: number;
  readonly logFile: string;
  /** Exit code; null when a signal ended it. */
  readonly exited: Promise<number | null>;
  /** Ends it together with the Lambdas that it runs. */
  stop(): Promise<void>;
}

export interface StartEmulatorOptions {
  readonly python: PythonEnvironment;
  /** Folder of its own: state, buckets and temporary files of this run. */
  readonly runDirectory: string;
  /** @default - a free one */
  readonly port?: number;
  /** Variables that its Lambdas inherit. @default - none */
  readonly environment?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

const START_TIMEOUT_MS = 30_000;

/** Starts ministack with the extensions of `emulator/` on 127.0.0.1 and waits until it answers. */
export async function startEmulator(options: StartEmulatorOptions): Promise<Emulator> {
  const { runDirectory } = options;
  await mkdir(runDirectory, { recursive: true });
  // Lambda workers are CommonJS: a "type": "module" further up would kill them without a word.
  await writeFile(join(runDirectory, 'package.json'), '{}\n');
  const port = options.port ?? (await findFreePort());
  const endpointUrl = `http://127.0.0.1:${port}`;
  const logFile = join(runDirectory, '..', 'logs', 'emulator.log');
  await mkdir(join(logFile, '..'), { recursive: true });
  const child = startLogged(options.python.command, ['-m', 'rehearsal_aws'], {
    cwd: runDirectory,
    logFile,
    env: {
      PATH: process.env.PATH ?? '',
      HOME: runDirectory,
      TMPDIR: runDirectory,
      PYTHONPATH: EMULATOR_FOLDER,
      PYTHONDONTWRITEBYTECODE: '1',
      STATE_DIR: join(runDirectory, 'state'),
      S3_DATA_DIR: join(runDirectory, 's3'),
      GATEWAY_PORT: String(port),
      BIND_HOST: '127.0.0.1',
      IOT_MTLS_ENABLED: '0',
      SFTP_ENABLED: '0',
      LAMBDA_EXECUTOR: 'local',
      ...options.environment,
    },
  });
  let ended = false;
  const exited = child.exited.finally(() => {
    ended = true;
  });
  try {
    await pollUntil(async () => (ended ? raiseEnd(logFile, port) : answers(endpointUrl)), {
      everyMs: 50,
      deadlineMs: START_TIMEOUT_MS,
      signal: options.signal ?? new AbortController().signal,
      timedOut: () =>
        new RehearsalError(`the emulated AWS did not answer at ${endpointUrl} within 30 s`, { logFile }),
    });
  } catch (error) {
    await child.stop();
    throw error;
  }
  return { endpointUrl, pid: child.pid, logFile, exited, stop: () => child.stop() };
}

async function answers(endpointUrl: string): Promise<true | undefined> {
  try {
    const response = await fetch(`${endpointUrl}/_ministack/health`, { signal: AbortSignal.timeout(2_000) });
    return response.ok || undefined;
  } catch {
    // Not listening yet.
    return undefined;
  }
}

async function raiseEnd(logFile: string, port: number): Promise<never> {
  const log = await readFile(logFile, 'utf8');
  if (/address already in use/i.test(log)) {
    throw new RehearsalError(
      `port ${port} is taken by another process: the emulated AWS cannot listen there`,
      { logFile },
    );
  }
  const last = log.trim().split('\n').at(-1) ?? '';
  throw new RehearsalError(`the emulated AWS ended while starting: ${last || 'it printed nothing'}`, {
    logFile,
  });
}
