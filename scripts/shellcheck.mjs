// Checks every shell script of the repository with shellcheck, installed from a locked wheel into the project's cache.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from './setup.mjs';

const environment = join(repositoryRoot, '.cache', 'shellcheck-0.11.0.1');
const complete = join(environment, 'complete');

if (!existsSync(complete)) {
  rmSync(environment, { recursive: true, force: true });
  run(process.env.PIXTRAL_PYTHON ?? 'python3', ['-m', 'venv', environment]);
  const lock = join(repositoryRoot, 'scripts', 'shellcheck.lock');
  run(join(environment, 'bin', 'python'), [
    '-m',
    'pip',
    'install',
    '-q',
    '--disable-pip-version-check',
    '--require-hashes',
    '-r',
    lock,
  ]);
  writeFileSync(complete, '');
}

const listed = execFileSync('git', ['ls-files', '*.sh', '.ci/run'], {
  cwd: repositoryRoot,
  encoding: 'utf8',
});
const scripts = listed.trim().split('\n');
run(join(environment, 'bin', 'shellcheck'), scripts);
console.log(`${scripts.length} shell scripts are clean`);

function run(command, args) {
  const { status, error } = spawnSync(command, args, { cwd: repositoryRoot, stdio: 'inherit' });
  if (status === 0) return;
  console.error(error ? `${command}: ${error.message}` : `${command} failed with exit code ${status}`);
  process.exit(1);
}
