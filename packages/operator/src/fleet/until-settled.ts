import { setTimeout as sleep } from 'node:timers/promises';
import type { FleetClients } from '../aws/fleet-clients.ts';
import { type DeployedStack, findStack } from './find-stack.ts';

/** Waits until nothing is under way in the stack. Throws the signal's reason when that aborts; AWS goes on. */
export async function untilSettled(
  clients: Pick<FleetClients, 'cloudFormation' | 'region'>,
  options: { readonly stackName: string; readonly signal: AbortSignal; readonly pollMs?: number | undefined },
): Promise<Pick<DeployedStack, 'status' | 'statusReason'>> {
  const { stackName, signal, pollMs = 3_000 } = options;
  for (;;) {
    signal.throwIfAborted();
    const stack = await findStack(clients, stackName);
    if (!stack) return { status: 'DELETE_COMPLETE', statusReason: undefined };
    if (!stack.status.endsWith('_IN_PROGRESS')) return stack;
    await sleep(pollMs, undefined, { signal }).catch(() => undefined);
  }
}
