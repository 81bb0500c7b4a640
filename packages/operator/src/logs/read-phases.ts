import type { FleetClients } from '../aws/fleet-clients.ts';
import { parseRecord } from './log-line.ts';
import { readLogLines } from './read-log-lines.ts';

/** A boot that takes longer than this is shown without its phase. */
const LONGEST_BOOT_MS = 60 * 60_000;

/** The last boot phase that each instance has told in its log; those that have told none are left out. */
export async function readPhases(
  clients: Pick<FleetClients, 'logs'>,
  group: string,
  instances: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const since = new Date(Date.now() - LONGEST_BOOT_MS);
  const told = await Promise.all(
    instances.map(async (instance) => {
      let phase: string | undefined;
      for await (const { text } of readLogLines(clients, {
        group,
        since,
        streamPrefix: `${instance}/agent`,
      })) {
        const record = parseRecord(text);
        if (typeof record?.phase === 'string') phase = record.phase;
      }
      return phase === undefined ? [] : [[instance, phase] as const];
    }),
  );
  return new Map(told.flat());
}
