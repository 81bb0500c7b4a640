import { setTimeout as sleep } from 'node:timers/promises';
import { observeStatus } from '@pixtral-fleet/operator/status';
import { createLogUpdate } from 'log-update';
import type { StatusFlags } from '../commands/status.ts';
import { EXIT, type ExitCode, UsageError } from '../exit-codes.ts';
import { interruptSignal } from '../interrupt.ts';
import { openFleet } from '../open-fleet.ts';
import { formatStatus } from '../output/format-status.ts';
import { print } from '../output/print.ts';

const WATCH_MS = 5_000;

export async function status(flags: StatusFlags): Promise<ExitCode> {
  if (flags.watch && flags.json) throw new UsageError('--json prints one document: leave out --watch');
  const { clients, stackName } = await openFleet(flags);
  let seen = await observeStatus(clients, stackName);
  if (!flags.watch) {
    print(seen, { json: flags.json, format: formatStatus });
    return seen.ok ? EXIT.ok : EXIT.failed;
  }
  const { signal } = interruptSignal();
  const log = createLogUpdate(process.stdout);
  while (!signal.aborted) {
    log(formatStatus(seen));
    await sleep(WATCH_MS, undefined, { signal }).catch(() => undefined);
    if (!signal.aborted) seen = await observeStatus(clients, stackName);
  }
  log.done();
  return seen.ok ? EXIT.ok : EXIT.failed;
}
