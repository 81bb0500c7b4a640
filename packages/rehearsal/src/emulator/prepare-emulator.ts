import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findPython } from '../python/find-python.ts';
import { startLogged } from '../run/child-process.ts';
import { RehearsalError } from '../run/failure.ts';
import { BUILDING, removeInterruptedBuilds } from '../run/interrupted-builds.ts';

/** Folder of the emulator's Python sources and lock file. */
export const EMULATOR_FOLDER: string = join(
  dirname(dirname(dirname(fileURLToPath(import.meta.url)))),
  'emulator',
);

export interface PythonEnvironment {
  /** The interpreter that has ministack. */
  readonly command: string;
  /** Where it keeps compiled modules: with them the emulator starts in 0.4 s instead of 1.9 s. */
  readonly bytecodeFolder: string;
}

/**
 * A virtual environment with the locked, hash-checked wheels, made once and kept in the cache. It is built beside its
 * place and moved there when it is whole: an interrupted set-up is never taken for an environment, and two at a time
 * do not disturb each other.
 * @throws RehearsalError when there is no suitable Python, or when the wheels cannot be installed.
 */
export async function prepareEmulator(options: {
  readonly cacheDirectory: string;
  readonly onProgress?: (note: string) => void;
}): Promise<PythonEnvironment> {
  const { cacheDirectory } = options;
  const python = await findPython({ purpose: 'the emulated AWS', oldest: OLDEST_PYTHON });
  const lock = join(EMULATOR_FOLDER, 'requirements.lock');
  const key = createHash('sha256')
    .update(await readFile(lock))
    .update(python.version)
    .digest('hex')
    .slice(0, 16);
  const folder = join(cacheDirectory, `emulator-${key}`);
  if (isWhole(folder)) return environmentIn(folder);
  options.onProgress?.(`installing the emulated AWS for Python ${python.version} (once, about 10 s)`);
  await mkdir(cacheDirectory, { recursive: true });
  await removeInterruptedBuilds(cacheDirectory);
  const building = await mkdtemp(join(cacheDirectory, `${BUILDING}${process.pid}-`));
  try {
    await build(building, python.command, lock);
    if (!isWhole(folder)) await moveIntoPlace(building, folder);
  } finally {
    await rm(building, { recursive: true, force: true });
  }
  return environmentIn(folder);
}

/** Oldest Python for which the emulator's locked wheels exist. */
const OLDEST_PYTHON: readonly [number, number] = [3, 10];

const MARKER = 'complete';

function environmentIn(folder: string): PythonEnvironment {
  return { command: join(folder, 'bin', 'python'), bytecodeFolder: join(folder, 'bytecode') };
}

/** `bin/python` is a link to the Python that made the environment, which may have been uninstalled since. */
function isWhole(folder: string): boolean {
  return existsSync(join(folder, MARKER)) && existsSync(environmentIn(folder).command);
}

async function build(folder: string, python: string, lock: string): Promise<void> {
  const logFile = join(dirname(folder), 'emulator-setup.log');
  await rm(logFile, { force: true });
  const { command } = environmentIn(folder);
  await step([python, '-m', 'venv', folder], { cwd: folder, logFile });
  const install = ['-m', 'pip', 'install', '--require-hashes', '--no-compile', '--disable-pip-version-check'];
  await step([command, ...install, '-r', lock], { cwd: folder, logFile });
  await writeFile(join(folder, MARKER), '');
}

async function moveIntoPlace(building: string, folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  try {
    await rename(building, folder);
  } catch (error) {
    // Somebody else was faster; theirs is as good.
    if (!isWhole(folder)) throw error;
  }
}

async function step(
  command: readonly [string, ...string[]],
  options: { readonly cwd: string; readonly logFile: string },
): Promise<void> {
  const [program, ...args] = command;
  const code = await startLogged(program, args, { ...options, env: process.env }).exited;
  if (code === 0) return;
  const lines = (await readFile(options.logFile, 'utf8')).trim().split('\n');
  throw new RehearsalError(
    `the emulated AWS could not be installed: ${lines.at(-1) || `${program} exited with ${code}`}`,
    {
      logFile: options.logFile,
    },
  );
}
