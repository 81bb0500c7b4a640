import { setTimeout as sleep } from 'node:timers/promises';
import type { DrillEvent } from '../drill/run-drill.ts';
import type { LocalFleet } from '../instances/local-fleet.ts';

const POLL_MS = 100;

/** Marks each instance that comes into service and each one that has gone, until `signal` aborts. */
export async function followReplacement(options: {
  readonly fleet: Pick<LocalFleet, 'group' | 'inService'>;
  readonly mark: (kind: Extract<DrillEvent['kind'], 'replaced' | 'drained'>, instanceId: string) => void;
  readonly signal: AbortSignal;
}): Promise<void> {
  const { fleet, mark, signal } = options;
  const serving = new Set(fleet.inService().map(({ id }) => id));
  while (!signal.aborted) {
    const held = new Set(fleet.group?.instances.map(({ id }) => id));
    for (const id of serving) {
      if (held.has(id)) continue;
      serving.delete(id);
      mark('drained', id);
    }
    for (const { id } of fleet.inService()) {
      if (serving.has(id)) continue;
      serving.add(id);
      mark('replaced', id);
    }
    await sleep(POLL_MS, undefined, { signal }).catch(() => undefined);
  }
}
