// `npm run test:boot` runs this twice, as root: `prepare` makes what takes long and needs a package registry, `run` boots
// a machine in network, mount and process namespaces of its own and checks it. See scripts/test-boot.mjs.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { prepareEmulator } from '../emulator/index.ts';
import { RehearsalError } from '../run/failure.ts';
import { prepareMachineRoot } from './machine-root.ts';
import { runBootTest } from './run-boot-test.ts';

const repository = join(import.meta.dirname, '..', '..', '..', '..');
const { values, positionals } = parseArgs({
  options: { short: { type: 'boolean', default: false }, write: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const interrupted = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => interrupted.abort());

try {
  process.exitCode = await main(positionals[0]);
} catch (error) {
  console.error(error instanceof RehearsalError ? error.message : error);
  process.exitCode = interrupted.signal.aborted ? 130 : 1;
}
// Connections of AWS's clients would hold the process for a while.
process.exit();

async function main(verb: string | undefined): Promise<number> {
  const cacheDirectory = join(repository, '.cache');
  const { signal } = interrupted;
  const onNote = (note: string) => console.log(note);
  if (verb === 'prepare') {
    await Promise.all([
      prepareMachineRoot({ cacheDirectory, signal, onNote }),
      prepareEmulator({ cacheDirectory, onProgress: onNote }),
    ]);
    return 0;
  }
  if (verb === 'run') {
    const root = await prepareMachineRoot({ cacheDirectory, signal, onNote });
    return (await runBootTest({ repository, root, ...values, signal })) ? 0 : 1;
  }
  console.error('usage: main.ts prepare | run [--short] [--write]');
  return 2;
}
