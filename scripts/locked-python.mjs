// Python programs that the project needs, installed from lock files into its own cache.
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from './setup.mjs';

/** A file in the environment, written last. */
const COMPLETE = 'complete';

/**
 * A virtual environment with exactly what a lock file names, every package checked against its hash; made once. What an
 * interrupted installation leaves is made anew. Ends the process when it cannot be made.
 * @param {{ name: string, lock: string, flags?: string[] }} options `name` of its folder under .cache, `lock` in the repository
 * @returns {string} the folder with its programs
 */
export function lockedPython({ name, lock, flags = [] }) {
  const environment = folderOf(name);
  const programs = join(environment, 'bin');
  if (isInstalled({ name })) return programs;
  rmSync(environment, { recursive: true, force: true });
  runOrExit(process.env.PIXTRAL_PYTHON ?? 'python3', ['-m', 'venv', environment]);
  const pip = ['-m', 'pip', 'install', '-q', '--disable-pip-version-check', '--require-hashes', ...flags];
  runOrExit(join(programs, 'python'), [...pip, '-r', join(repositoryRoot, lock)]);
  writeFileSync(join(environment, COMPLETE), '');
  return programs;
}

/** Whether `lockedPython` has nothing left to fetch. */
export function isInstalled({ name }) {
  return existsSync(join(folderOf(name), COMPLETE));
}

function folderOf(name) {
  return join(repositoryRoot, '.cache', name);
}

/** Runs a program in the repository, its output shown; ends the process with 1 when it fails. */
export function runOrExit(command, args) {
  const { status, error } = spawnSync(command, args, { cwd: repositoryRoot, stdio: 'inherit' });
  if (status === 0) return;
  console.error(error ? `${command}: ${error.message}` : `${command} failed with exit code ${status}`);
  process.exit(1);
}
