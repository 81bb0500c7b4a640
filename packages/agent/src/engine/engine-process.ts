import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EngineCommand } from './engine-command.ts';
import { EngineLog } from './engine-log.ts';
import { tellEnd } from './explain-end.ts';

/** A started model server. */
export interface EngineProcess {
  readonly pid: number;
  /** Resolves when it has ended, with why as far as that can be told. Never rejects. */
  readonly ended: Promise<string>;
  /**
   * SIGTERM, and SIGKILL for all its processes after the grace time.
   * @throws UnkillableError when it is still there then
   */
  stop(graceMs: number): Promise<void>;
}

export interface StartEngineOptions {
  readonly command: EngineCommand;
  readonly socket: string;
  readonly onLine: (line: string) => void;
}

/** A way of running a model server: as a child of the agent, or as a unit of the service manager. */
export type StartEngine = (options: StartEngineOptions) => Promise<EngineProcess>;

/** A core file would hold prompts and pictures, and be as large as the model. */
const WITHOUT_CORE_FILE = 'ulimit -c 0 && exec "$0" "$@"';

/** What it printed last is read within this time after its end; a process that left its group may hold the pipes open. */
const LAST_WORDS_MS = 1_000;

/** A process is gone within milliseconds of SIGKILL, however much memory it gives back, unless it waits in the kernel. */
const KILLED_MS = 10_000;

/** Not even SIGKILL ended a model server: it waits in the kernel for a GPU or a disk that does not answer. */
export class UnkillableError extends Error {
  override readonly name = 'UnkillableError' as const;

  constructor(pid: number) {
    super(
      `the model server (process ${pid}) is still there ${KILLED_MS / 1_000} s after SIGKILL: it waits in the kernel for a GPU or a disk that does not answer; this instance has to be replaced`,
    );
  }
}

/** @throws UnkillableError when what got SIGKILL does not end */
export async function untilKilled(
  { pid, ended }: Pick<EngineProcess, 'pid' | 'ended'>,
  timeoutMs: number = KILLED_MS,
): Promise<void> {
  if (!(await endsWithin(ended, timeoutMs))) throw new UnkillableError(pid);
}

/** Starts the model server in a process group of its own: its workers end with it, and it ends with the agent. */
export async function startEngine(options: StartEngineOptions): Promise<EngineProcess> {
  const { command, socket } = options;
  const home = command.env.HOME ?? dirname(socket);
  await mkdir(home, { recursive: true });
  await mkdir(dirname(socket), { recursive: true });
  // A socket that a killed engine left behind would refuse the next one.
  await rm(socket, { force: true });
  const log = new EngineLog();
  const child = spawn('/bin/sh', ['-c', WITHOUT_CORE_FILE, command.command, ...command.args], {
    cwd: home,
    env: command.env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      for (const line of log.push(stream, text)) options.onLine(line);
    });
  }
  const pid = child.pid ?? -1;
  const ended = watchEnd(child, log);
  endWithAgent(pid, ended);
  return { pid, ended, stop: (graceMs) => stopGroup(pid, ended, graceMs) };
}

/** Waits for `exit`, not for `close`: workers that outlive the server hold its pipes open, and its death went unseen. */
function watchEnd(child: ChildProcess, log: EngineLog): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(`it could not be started: ${error.message}`));
    child.once('exit', (code, signal) => {
      // Workers that outlive the server keep the GPU's memory, too.
      signalGroup(child.pid ?? -1, 'SIGKILL');
      const tell = () => {
        clearTimeout(timer);
        child.stdout?.destroy();
        child.stderr?.destroy();
        resolve(tellEnd({ code, signal }, log));
      };
      const timer = setTimeout(tell, LAST_WORDS_MS);
      child.once('close', tell);
    });
  });
}

/** An agent that ends without a drain (a second SIGTERM, a defect) leaves no model server behind. */
function endWithAgent(pid: number, ended: Promise<string>): void {
  const kill = () => signalGroup(pid, 'SIGKILL');
  process.once('exit', kill);
  void ended.then(() => process.off('exit', kill));
}

async function stopGroup(pid: number, ended: Promise<string>, graceMs: number): Promise<void> {
  signalGroup(pid, 'SIGTERM');
  if (!(await endsWithin(ended, graceMs))) signalGroup(pid, 'SIGKILL');
  await untilKilled({ pid, ended });
}

/** Whether a model server that was told to end does so in time. */
export async function endsWithin(ended: Promise<string>, graceMs: number): Promise<boolean> {
  const timer = new AbortController();
  const inTime = await Promise.race([
    ended.then(() => true),
    sleep(graceMs, false, { signal: timer.signal }).catch(() => true),
  ]);
  timer.abort();
  return inTime;
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  // Never started: group 0 and group 1 would be the agent's own and everybody's.
  if (pid <= 1) return;
  try {
    process.kill(-pid, signal);
  } catch (error) {
    // ESRCH: all of them have ended, which is what was wanted.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
