// Checks every shell script of the repository with shellcheck, installed from a locked wheel into the project's cache.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { lockedPython, runOrExit } from './locked-python.mjs';
import { repositoryRoot } from './setup.mjs';

const programs = lockedPython({ name: 'shellcheck-0.11.0.1', lock: 'scripts/shellcheck.lock' });
const listed = execFileSync('git', ['ls-files', '*.sh', '.ci/run'], {
  cwd: repositoryRoot,
  encoding: 'utf8',
});
const scripts = listed.trim().split('\n');
runOrExit(join(programs, 'shellcheck'), scripts);
console.log(`${scripts.length} shell scripts are clean`);
