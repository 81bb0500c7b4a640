import { type ChildProcess, execFile, type SpawnOptions, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface LoggedProcess {
  readonly pid: number;
  /** Exit code, or null when a signal ended it. */
  readonly exited: Promise<number | null>;
  /** Ends the process and everything it started: SIGTERM, then SIGKILL after the grace time. */
  stop(graceMs?: number): Promise<void>;
}

/** Starts a command in a process group of its own, with everything that it prints in one log file. */
export function startLogged(
  command: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv; readonly logFile: string },
): LoggedProcess {
  const log = openSync(options.logFile, 'a');
  const spawnOptions: SpawnOptions = {
    cwd: options.cwd,
    env: options.env,
    detached: true,
    stdio: ['ignore', log, log],
  };
  const child = spawn(command, args, spawnOptions);
  closeSync(log);
  const exited = exitOf(child);
  const pid = child.pid ?? -1;
  return { pid, exited, stop: (graceMs = 5_000) => stopGroup(pid, exited, graceMs) };
}

/**
 * Whether any process of the group still runs. Zombies do not count: where nobody reaps orphans (some containers'
 * first process does not), they stay in the table although they hold nothing.
 */
export async function groupRuns(pid: number): Promise<boolean> {
  if (!groupAlive(pid)) return false;
  const { stdout } = await run('ps', ['-A', '-o', 'pgid=,stat='], { maxBuffer: 16 * 1024 * 1024 });
  return stdout.split('\n').some((line) => {
    const [group, state = 'Z'] = line.trim().split(/\s+/);
    return Number(group) === pid && !state.startsWith('Z');
  });
}

function groupAlive(pid: number): boolean {
  if (pid <= 0) return false;
  try {
    process.kill(-pid, 0);
    return true;
  } catch {
    // ESRCH: nobody is left to receive the signal.
    return false;
  }
}

function exitOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code));
  });
}

async function stopGroup(pid: number, exited: Promise<unknown>, graceMs: number): Promise<void> {
  signalGroup(pid, 'SIGTERM');
  const settled = exited.then(
    () => true,
    () => true,
  );
  const inTime = await Promise.race([settled, sleep(graceMs, false, { ref: false })]);
  if (!inTime || groupAlive(pid)) signalGroup(pid, 'SIGKILL');
  await settled;
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  if (groupAlive(pid)) process.kill(-pid, signal);
}
