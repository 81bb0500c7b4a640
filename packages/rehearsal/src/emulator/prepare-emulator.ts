import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startLogged } from '../run/child-process.ts';
import { RehearsalError } from '../run/failure.ts';
import { findPython } from './find-python.ts';

/** Folder of the emulator's Python sources and lock file. */
export const EMULATOR_FOLDER: string = join(
  dirname(dirname(dirname(fileURLToPath(import.meta.url)))),
  'emulator',
);

export interface PythonEnvironment {
  /** The interpreter that has ministack. */
  readonly command: string;
}

/**
 * A virtual environment with the locked, hash-checked wheels, made once and kept in the cache. What an interrupted
 * set-up left lacks its marker and is made anew.
 */
export async function prepareEmulator(options: {
  readonly cacheDirectory: string;
  readonly onProgress?: (note: string) => void;
}): Promise<PythonEnvironment> {
  const { cacheDirectory } = options;
  const python = await findPython();
  const lock = join(EMULATOR_FOLDER, 'requirements.lock');
  const key = createHash('sha256')
    .update(await readFile(lock))
    .update(python.version)
    .digest('hex')
    .slice(0, 16);
  const folder = join(cacheDirectory, `emulator-${key}`);
  const environment: PythonEnvironment = { command: join(folder, 'bin', 'python') };
  const marker = join(folder, 'complete');
  if (existsSync(marker)) return environment;
  options.onProgress?.(`installing the emulated AWS for Python ${python.version} (once, about 10 s)`);
  await rm(folder, { recursive: true, force: true });
  await mkdir(cacheDirectory, { recursive: true });
  const logFile = join(cacheDirectory, 'emulator-setup.log');
  await rm(logFile, { force: true });
  // Whole only once the marker is there: what an interrupted set-up left was removed above.
  await step([python.command, '-m', 'venv', folder], { cwd: cacheDirectory, logFile });
  const install = ['-m', 'pip', 'install', '--require-hashes', '--no-compile', '--disable-pip-version-check'];
  await step([environment.command, ...install, '-r', lock], { cwd: cacheDirectory, logFile });
  await rename(logFile, marker);
  return environment;
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
