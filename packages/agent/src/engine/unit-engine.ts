import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EngineUnit } from '../config/machine.ts';
import { commandScript } from './command-script.ts';
import { proveConfinement } from './confinement/prove-confinement.ts';
import { EngineLog } from './engine-log.ts';
import { type EngineOutput, listenForOutput } from './engine-output.ts';
import { type EngineProcess, endsWithin, type StartEngineOptions, untilKilled } from './engine-process.ts';
import { tellEnd } from './explain-end.ts';
import { killUnit, ServiceManagerError, showUnit, startUnit } from './service-manager.ts';

/** How often the main process is looked for. A signal 0 costs nothing; asking the service manager costs a process. */
const LOOK_MS = 250;

/** What it printed last arrives within this time after its end. */
const LAST_WORDS_MS = 1_000;

/** Time that the service manager gets to take note of an end. */
const NOTED_MS = 5_000;

/**
 * Starts the model server as a unit of the service manager, which gives it a user, a network and a file system of its own.
 * @throws Error when it may do more than it should, or that cannot be found out: it has then been ended.
 */
export async function startUnitEngine(
  unit: EngineUnit,
  options: StartEngineOptions,
  prove: (unit: string, pid: number) => Promise<void> = proveConfinement,
): Promise<EngineProcess> {
  await mkdir(dirname(unit.commandFile), { recursive: true });
  await writeFile(unit.commandFile, commandScript(options.command), { mode: 0o644 });
  const log = new EngineLog();
  const output = await listenForOutput(unit.outputSocket, (text) => {
    for (const line of log.push('stdout', text)) options.onLine(line);
  });
  try {
    await startUnit(unit.name);
  } catch (error) {
    await output.close();
    if (!(error instanceof ServiceManagerError)) throw error;
    const ended = Promise.resolve(`it could not be started: ${error.message}`);
    return { pid: -1, ended, stop: async () => undefined };
  }
  const { mainPid: pid } = await showUnit(unit.name);
  const ended = watchEnd(unit.name, pid, log, output);
  const stop = async (graceMs: number) => {
    if (await endsWithin(ended, 0)) return;
    await killUnit(unit.name, 'SIGTERM');
    if (!(await endsWithin(ended, graceMs))) await killUnit(unit.name, 'SIGKILL');
    await untilKilled({ pid, ended });
  };
  try {
    if (pid !== 0) await prove(unit.name, pid);
  } catch (error) {
    await stop(0);
    throw error;
  }
  return { pid, ended, stop };
}

async function watchEnd(unit: string, pid: number, log: EngineLog, output: EngineOutput): Promise<string> {
  while (isAlive(pid)) await sleep(LOOK_MS, undefined, { ref: false });
  await output.untilClosed(LAST_WORDS_MS);
  await output.close();
  try {
    const deadline = performance.now() + NOTED_MS;
    let state = await showUnit(unit);
    while (state.mainPid === pid && performance.now() < deadline) {
      await sleep(LOOK_MS);
      state = await showUnit(unit);
    }
    return tellEnd(state, log);
  } catch (error) {
    // That it ended is certain; only how is not.
    return `it ended, and the service manager did not tell how: ${error instanceof Error ? error.message : String(error)}`;
  }
}

function isAlive(pid: number): boolean {
  if (pid <= 1) return false;
  try {
    return process.kill(pid, 0);
  } catch {
    // ESRCH: it has gone. The agent is root and may signal everybody.
    return false;
  }
}
