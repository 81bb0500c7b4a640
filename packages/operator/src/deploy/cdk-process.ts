import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { delimiter, dirname } from 'node:path';
import { finished } from 'node:stream/promises';
import { cdkCommand, INFRA_FOLDER } from '@pixtral-fleet/infra/cdk-command';

export interface CdkRunOptions {
  /** Of the CDK's command line, beginning with the verb. */
  readonly args: readonly string[];
  /** Everything it prints goes there. */
  readonly logFile: string;
  /** Folder in which it runs. @default - that of the app */
  readonly folder?: string | undefined;
  /** Ends it. What CloudFormation has begun goes on. */
  readonly signal: AbortSignal;
}

export interface CdkResult {
  readonly ok: boolean;
  /** The last of what it printed, at most 64 KiB. */
  readonly output: string;
}

const KEPT_CHARACTERS = 64 * 1024;

/**
 * The pinned CDK command line in a process group of its own, so that Ctrl-C in the terminal does not reach it: whoever
 * started it decides what that means.
 */
export async function runCdk({ args, logFile, signal, folder }: CdkRunOptions): Promise<CdkResult> {
  signal.throwIfAborted();
  await mkdir(dirname(logFile), { recursive: true });
  const log = createWriteStream(logFile, { flags: 'a' });
  const { command, args: all } = cdkCommand([
    ...args,
    '--no-notices',
    '--no-color',
    '--no-version-reporting',
  ]);
  const child = spawn(command, all, {
    cwd: folder ?? INFRA_FOLDER,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH ?? ''}` },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-KEPT_CHARACTERS);
      log.write(text);
    });
  }
  const end = () => killGroup(child.pid);
  signal.addEventListener('abort', end, { once: true });
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    return { ok: code === 0, output };
  } finally {
    signal.removeEventListener('abort', end);
    await finished(log.end());
  }
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGTERM');
  } catch (error) {
    // ESRCH: it has gone by itself.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
