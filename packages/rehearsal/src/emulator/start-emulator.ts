import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { delimiter, dirname, join } from 'node:path';
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

/** It stops in 0.1 s, but waits for a custom resource under way until that times out; it has nothing to lose. */
const STOP_GRACE_MS = 2_000;

/** Starts ministack with the extensions of `emulator/` on 127.0.0.1 and waits until it answers. */
export async function startEmulator(options: StartEmulatorOptions): Promise<Emulator> {
  const { runDirectory } = options;
  await mkdir(runDirectory, { recursive: true });
  // Lambda workers are CommonJS: a "type": "module" further up would kill them without a word.
  await writeFile(join(runDirectory, 'package.json'), '{}\n');
  const port = options.port ?? (await findFreePort());
  await requireFree(port);
  const endpointUrl = `http://127.0.0.1:${port}`;
  const logFile = join(runDirectory, '..', 'logs', 'emulator.log');
  await mkdir(join(logFile, '..'), { recursive: true });
  const child = startLogged(options.python.command, ['-m', 'rehearsal_aws'], {
    cwd: runDirectory,
    logFile,
    env: {
      // Lambdas run with the Node that runs this, whatever else is installed.
      PATH: [dirname(process.execPath), process.env.PATH ?? ''].join(delimiter),
      HOME: runDirectory,
      TMPDIR: runDirectory,
      PYTHONPATH: EMULATOR_FOLDER,
      PYTHONPYCACHEPREFIX: options.python.bytecodeFolder,
      STATE_DIR: join(runDirectory, 'state'),
      S3_DATA_DIR: join(runDirectory, 's3'),
      GATEWAY_PORT: String(port),
      BIND_HOST: '127.0.0.1',
      IOT_MTLS_ENABLED: '0',
      SFTP_ENABLED: '0',
      LAMBDA_EXECUTOR: 'local',
      // State machines wait a tenth of what they say: the one that asks for a build every 10 s.
      SFN_WAIT_SCALE: '0.1',
      ...options.environment,
    },
  });
  let end: { readonly error?: unknown } | undefined;
  const exited = child.exited.then(
    (code) => {
      end = {};
      return code;
    },
    (error: unknown) => {
      // It never ran: told by the rejection of this function, not by the promise of an exit.
      end = { error };
      return null;
    },
  );
  try {
    await pollUntil(async () => (end ? raiseEnd(logFile, end.error) : answers(endpointUrl)), {
      everyMs: 50,
      deadlineMs: START_TIMEOUT_MS,
      signal: options.signal ?? new AbortController().signal,
      timedOut: () =>
        new RehearsalError(`the emulated AWS did not answer at ${endpointUrl} within 30 s`, { logFile }),
    });
  } catch (error) {
    await child.stop(STOP_GRACE_MS);
    throw error;
  }
  return { endpointUrl, pid: child.pid, logFile, exited, stop: () => child.stop(STOP_GRACE_MS) };
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

/**
 * Asked before the start: whoever holds the port would answer in the emulator's place, and another emulator would even
 * pass for it.
 * @throws RehearsalError that names the port.
 */
function requireFree(port: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const server = createServer();
  server.once('error', (error) => {
    const taken = 'code' in error && error.code === 'EADDRINUSE';
    const why = taken ? 'is taken by another process' : `cannot be used (${error.message})`;
    reject(
      new RehearsalError(
        `port ${port} of 127.0.0.1 ${why}: the emulated AWS cannot listen there; name another port, or none for a free one`,
        { cause: error },
      ),
    );
  });
  server.listen(port, '127.0.0.1', () => server.close(() => resolve()));
  return promise;
}

async function raiseEnd(logFile: string, error: unknown): Promise<never> {
  const last = (await readFile(logFile, 'utf8')).trim().split('\n').at(-1);
  const why = error instanceof Error ? error.message : last || 'it printed nothing';
  throw new RehearsalError(`the emulated AWS ended while starting: ${why}`, { logFile, cause: error });
}
