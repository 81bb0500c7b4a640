import { spawn } from 'node:child_process';
import { mkdir, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EngineCommand } from './engine-command.ts';
import { EngineLog } from './engine-log.ts';

/** A started model server. */
export interface EngineProcess {
  readonly pid: number;
  /** Resolves when it has ended, with why as far as that can be told. Never rejects. */
  readonly ended: Promise<string>;
  /** SIGTERM, and SIGKILL for all its processes after the grace time. */
  stop(graceMs: number): Promise<void>;
}

export interface StartEngineOptions {
  readonly command: EngineCommand;
  readonly socket: string;
  readonly onLine: (line: string) => void;
}

/** Starts the model server in a process group of its own: its workers end with it. */
export async function startEngine(options: StartEngineOptions): Promise<EngineProcess> {
  const { command, socket } = options;
  const home = command.env.HOME ?? dirname(socket);
  await mkdir(home, { recursive: true });
  await mkdir(dirname(socket), { recursive: true });
  // A socket that a killed engine left behind would refuse the next one.
  await rm(socket, { force: true });
  const log = new EngineLog();
  const child = spawn(command.command, command.args, {
    cwd: home,
    env: command.env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      for (const line of log.push(text)) options.onLine(line);
    });
  }
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(`it could not be started: ${error.message}`));
    child.once('close', (code, signal) => {
      const how = signal ? `it was ended by ${signal}` : `it exited with code ${code}`;
      const cause = log.firstCause();
      resolve(cause ? `${how}: ${cause}` : how);
    });
  });
  const pid = child.pid ?? -1;
  return { pid, ended, stop: (graceMs) => stopGroup(pid, ended, graceMs) };
}

async function stopGroup(pid: number, ended: Promise<string>, graceMs: number): Promise<void> {
  if (pid <= 0) return;
  signalGroup(pid, 'SIGTERM');
  const timer = new AbortController();
  const inTime = await Promise.race([
    ended.then(() => true),
    sleep(graceMs, false, { signal: timer.signal }).catch(() => true),
  ]);
  timer.abort();
  if (!inTime) signalGroup(pid, 'SIGKILL');
  await ended;
  // Workers that outlive their parent keep the GPU's memory.
  signalGroup(pid, 'SIGKILL');
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    // ESRCH: all of them have ended, which is what was wanted.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
