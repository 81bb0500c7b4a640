// `npm run test:boot` runs this twice, as root: `prepare` makes what takes long and needs a package registry, `run` boots
// a machine in network, mount and process namespaces of its own and checks it. See scripts/test-boot.mjs.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { prepareEmulator } from '../emulator/index.ts';
import { RehearsalError } from '../run/failure.ts';
import { prepareMachineRoot } from './machine-root.ts';
import { NoMachineError } from './no-machine.ts';
import { runBootTest } from './run-boot-test.ts';

/** Told to those who run it: neither passed nor failed. */
const SKIPPED = 77;

/** What has been started is ended within seconds. */
const LONGEST_END_MS = 60_000;

const repository = join(import.meta.dirname, '..', '..', '..', '..');
const { values, positionals } = parseArgs({
  options: { short: { type: 'boolean', default: false }, write: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const interrupted = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, interrupt);
// It ends with whoever started this, even one that was killed.
process.stdin.on('close', interrupt).resume();

try {
  process.exitCode = await main(positionals[0]);
} catch (error) {
  process.exitCode = tell(error);
}
// Connections of AWS's clients would hold the process for a while.
process.exit();

function interrupt(): void {
  interrupted.abort();
  setTimeout(() => process.exit(130), LONGEST_END_MS).unref();
}

function tell(error: unknown): number {
  if (interrupted.signal.aborted) return 130;
  if (error instanceof NoMachineError) {
    console.log(`SKIPPED: no machine was booted, because ${error.message}`);
    return SKIPPED;
  }
  console.error(error instanceof RehearsalError ? error.message : error);
  return 1;
}

async function main(verb: string | undefined): Promise<number> {
  const cacheDirectory = join(repository, '.cache');
  const { signal } = interrupted;
  const onNote = (note: string) => console.log(note);
  if (verb === 'prepare') {
    const prepared = await Promise.allSettled([
      prepareMachineRoot({ cacheDirectory, signal, onNote }),
      prepareEmulator({ cacheDirectory, onProgress: onNote }),
    ]);
    // Without a network both fail: that there is no machine is what counts.
    for (const each of prepared) if (each.status === 'rejected') throw each.reason;
    return 0;
  }
  if (verb === 'run') {
    const root = await prepareMachineRoot({ cacheDirectory, signal, onNote });
    return (await runBootTest({ repository, root, ...values, signal })) ? 0 : 1;
  }
  console.error('usage: main.ts prepare | run [--short] [--write]');
  return 2;
}
