import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { EngineProcess } from './engine-process.ts';
import { listDescendants, readThreads } from './engine-processes.ts';

/** Python writes the stacks of a process within milliseconds; one that waits in the kernel never does. */
const STACKS_MS = 2_000;

const POLL_MS = 20;

/**
 * Ends a model server that hangs, and has it say where it does: first what the kernel tells of its threads goes into the
 * log, then each of its processes gets SIGABRT, upon which Python writes the stack of each of its threads
 * (`PYTHONFAULTHANDLER`) before it ends, and at last what is left gets SIGKILL. One after the other: their stacks would run
 * into each other.
 * @throws UnkillableError when it is still there
 */
export async function endWithStacks(engine: EngineProcess, logger: Logger): Promise<void> {
  const pids = engine.pid > 1 ? await listDescendants(engine.pid) : [];
  for (const pid of pids) {
    const state = await readThreads(pid);
    if (state) logger.warn({ ...state, ofPid: engine.pid }, 'a process of the hung model server');
  }
  for (const pid of pids) await abort(pid);
  await engine.stop(0);
}

async function abort(pid: number): Promise<void> {
  // A process that is stopped takes SIGABRT when it goes on, and not before.
  if (!send(pid, 'SIGABRT') || !send(pid, 'SIGCONT')) return;
  const deadline = performance.now() + STACKS_MS;
  while (performance.now() < deadline && (await isRunning(pid))) await sleep(POLL_MS);
}

/** False when there is no such process any more. */
function send(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    // ESRCH: it has ended with the one before.
    return false;
  }
}

/** A child that has ended is there until its parent, which hangs, asks how: it has no threads that do anything. */
async function isRunning(pid: number): Promise<boolean> {
  const state = await readThreads(pid);
  return state?.threads.some((thread) => !/ [ZX]$/.test(thread)) ?? false;
}
