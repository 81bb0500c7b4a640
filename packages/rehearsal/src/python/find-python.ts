import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { RehearsalError } from '../run/failure.ts';

const run = promisify(execFile);

export interface Python {
  readonly command: string;
  /** Such as `3.11.7`. */
  readonly version: string;
}

export interface PythonNeed {
  /** What it is for, as the rest of "Python … is needed for". */
  readonly purpose: string;
  readonly oldest: readonly [number, number];
  /** @default - any later one */
  readonly newest?: readonly [number, number];
  /** Tried in this order when `PIXTRAL_PYTHON` names none. @default ['python3', 'python'] */
  readonly commands?: readonly string[];
  /** @default process.env */
  readonly environment?: NodeJS.ProcessEnv;
}

const PROBE = 'import sys, venv, ensurepip; print(".".join(map(str, sys.version_info[:3])))';

/**
 * A Python that can make virtual environments: `PIXTRAL_PYTHON`, else the first command that suits.
 * @throws RehearsalError that says what was found and what is needed.
 */
export async function findPython(need: PythonNeed): Promise<Python> {
  const { environment = process.env, commands = ['python3', 'python'] } = need;
  const named = environment.PIXTRAL_PYTHON;
  const tried: string[] = [];
  for (const command of named ? [named] : commands) {
    const found = await probe(command, need, environment);
    if (typeof found !== 'string') return found;
    tried.push(found);
  }
  throw new RehearsalError(
    `Python ${range(need)} with venv is needed for ${need.purpose}: ${tried.join('; ')}. ` +
      'Debian: apt-get install python3-venv; macOS: brew install python; elsewhere set PIXTRAL_PYTHON=/path/to/python3',
  );
}

function range({ oldest, newest }: PythonNeed): string {
  return newest ? `${oldest.join('.')} to ${newest.join('.')}` : `${oldest.join('.')} or later`;
}

/** The Python behind a command, or in words why it cannot be used. */
async function probe(
  command: string,
  need: PythonNeed,
  environment: NodeJS.ProcessEnv,
): Promise<Python | string> {
  let version: string;
  try {
    version = (await run(command, ['-c', PROBE], { env: environment })).stdout.trim();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
      return `${command} was not found`;
    const missing = /No module named '?(\w+)/.exec(String(error))?.[1];
    return missing ? `${command} lacks the module ${missing}` : `${command} did not run`;
  }
  return suits(version, need) ? { command, version } : `${command} is Python ${version}`;
}

function suits(version: string, { oldest, newest }: PythonNeed): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const compare = (other: readonly [number, number]) => major - other[0] || minor - other[1];
  return compare(oldest) >= 0 && (newest === undefined || compare(newest) <= 0);
}
