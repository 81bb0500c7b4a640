import { setTimeout as sleep } from 'node:timers/promises';
import type { InstanceMetadata } from '../aws/instance-metadata.ts';

/** AWS asks to look every 5 s; a drain is better begun early. */
const POLL_MS = 2_000;

/**
 * Resolves with the reason when this instance is to go: its group wants it terminated, or Spot takes it back.
 * A metadata service that does not answer is reported and asked again.
 */
export async function watchTermination(
  metadata: InstanceMetadata,
  options: { readonly signal: AbortSignal; readonly onError: (error: unknown) => void },
): Promise<string> {
  for (;;) {
    options.signal.throwIfAborted();
    try {
      if ((await metadata.targetLifecycleState()) === 'Terminated')
        return 'the Auto Scaling group terminates this instance';
      if (await metadata.spotInterruption()) return 'EC2 takes this Spot instance back';
    } catch (error) {
      options.onError(error);
    }
    await sleep(POLL_MS, undefined, { signal: options.signal });
  }
}
