import { execFile } from 'node:child_process';
import { constants } from 'node:os';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What systemd knows of a unit's main process. */
export interface UnitState {
  /** `active`, `deactivating`, `inactive`, `failed`, … */
  readonly activeState: string;
  /** 0 when there is none. */
  readonly mainPid: number;
  /** Of the latest main process; null while it runs, or when a signal ended it. */
  readonly code: number | null;
  readonly signal: string | null;
}

/** The service manager did not do what it was asked for; the message has its own words. */
export class ServiceManagerError extends Error {
  override readonly name = 'ServiceManagerError' as const;
}

/** Starts a unit and waits until its program runs. @throws ServiceManagerError when it cannot be started */
export function startUnit(unit: string): Promise<string> {
  return systemctl('start', unit);
}

/**
 * Signals a unit's main process, or with SIGKILL all of them. Not `systemctl stop`: at shutdown the model server's own stop
 * waits for the agent to end, and the agent would wait for it.
 */
export async function killUnit(unit: string, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  const whom = signal === 'SIGKILL' ? 'all' : 'main';
  try {
    await systemctl('kill', `--kill-whom=${whom}`, `--signal=${signal}`, unit);
  } catch (error) {
    // It has ended in the meantime, which is what was wanted.
    if ((await showUnit(unit)).mainPid !== 0) throw error;
  }
}

const PROPERTIES = ['ActiveState', 'MainPID', 'ExecMainCode', 'ExecMainStatus'] as const;

/** `CLD_EXITED` of waitid(2): the status is an exit code; otherwise the number of a signal. */
const EXITED = 1;

export async function showUnit(unit: string): Promise<UnitState> {
  const shown = await showProperties(unit, PROPERTIES);
  const number = (name: (typeof PROPERTIES)[number]) => Number(shown.get(name) || 0);
  const mainPid = number('MainPID');
  const status = number('ExecMainStatus');
  // 0: systemd has forgotten it, as it does with units that ended well.
  const exited = [0, EXITED].includes(number('ExecMainCode'));
  return {
    activeState: shown.get('ActiveState') ?? '',
    mainPid,
    code: mainPid === 0 && exited ? status : null,
    signal: mainPid === 0 && !exited ? signalName(status) : null,
  };
}

/** Properties by their names; what is told several times (`DeviceAllow`) is a line each. */
export async function showProperties(
  unit: string,
  names: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const text = await systemctl('show', `--property=${names.join(',')}`, unit);
  const shown = new Map<string, string>();
  for (const line of text.split('\n').filter(Boolean)) {
    const [name, value] = [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)];
    const earlier = shown.get(name);
    shown.set(name, earlier === undefined ? value : `${earlier}\n${value}`);
  }
  return shown;
}

function signalName(number: number): string {
  return Object.entries(constants.signals).find(([, value]) => value === number)?.[0] ?? `signal ${number}`;
}

async function systemctl(...args: readonly string[]): Promise<string> {
  try {
    return (await run('systemctl', [...args])).stdout;
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : '';
    const problem = said || (error instanceof Error ? error.message : String(error));
    throw new ServiceManagerError(`systemctl ${args.join(' ')}: ${problem.split('\n')[0]}`, { cause: error });
  }
}
