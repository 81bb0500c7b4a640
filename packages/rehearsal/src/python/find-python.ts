import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { RehearsalError } from '../run/failure.ts';

const run = promisify(execFile);

/** Oldest Python for which the emulator's locked wheels exist. */
const OLDEST: readonly [number, number] = [3, 10];

export interface Python {
  readonly command: string;
  /** Such as `3.11.7`. */
  readonly version: string;
}

const PROBE = 'import sys, venv, ensurepip; print(".".join(map(str, sys.version_info[:3])))';

/**
 * A Python that can make virtual environments: `PIXTRAL_PYTHON`, else `python3`, else `python`.
 * @throws RehearsalError that says what was found and what is needed.
 */
export async function findPython(environment: NodeJS.ProcessEnv = process.env): Promise<Python> {
  const named = environment.PIXTRAL_PYTHON;
  const tried: string[] = [];
  for (const command of named ? [named] : ['python3', 'python']) {
    const found = await probe(command, environment);
    if (typeof found !== 'string') return found;
    tried.push(found);
  }
  throw new RehearsalError(
    `Python ${OLDEST.join('.')} or later with venv is needed for the emulated AWS: ${tried.join('; ')}. ` +
      'Debian: apt-get install python3-venv; macOS: brew install python; elsewhere set PIXTRAL_PYTHON=/path/to/python3',
  );
}

/** The Python behind a command, or in words why it cannot be used. */
async function probe(command: string, environment: NodeJS.ProcessEnv): Promise<Python | string> {
  let version: string;
  try {
    version = (await run(command, ['-c', PROBE], { env: environment })).stdout.trim();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
      return `${command} was not found`;
    const missing = /No module named '?(\w+)/.exec(String(error))?.[1];
    return missing ? `${command} lacks the module ${missing}` : `${command} did not run`;
  }
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const recent = major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
  return recent ? { command, version } : `${command} is Python ${version}`;
}
