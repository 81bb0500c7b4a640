import { setTimeout as sleep } from 'node:timers/promises';
import type { InstanceMetadata } from '../aws/instance-metadata.ts';

/** Why an instance is to go. */
export interface Departure {
  /** Whether its group waits, or will wait, in the terminate hook. */
  readonly byGroup: boolean;
  readonly reason: string;
}

/** AWS asks to look every 5 s; a drain is better begun early. */
const POLL_MS = 2_000;

/**
 * Resolves when this instance is to go: the process was told to end, its group wants it terminated, or Spot takes it
 * back. A metadata service that does not answer is reported and asked again.
 * @throws the reason of `signal` when that aborts first
 */
export async function watchTermination(options: {
  readonly metadata: InstanceMetadata;
  /** Aborts when the process was told to end. */
  readonly terminate: AbortSignal;
  readonly signal: AbortSignal;
  readonly onError: (error: unknown) => void;
}): Promise<Departure> {
  const { terminate, signal } = options;
  const told = new Promise<Departure>((resolve) => {
    const tell = () => resolve({ byGroup: false, reason: 'the process was told to end' });
    if (terminate.aborted) tell();
    terminate.addEventListener('abort', tell, { once: true, signal });
  });
  return Promise.race([told, watchMetadata(options)]);
}

async function watchMetadata(options: {
  readonly metadata: InstanceMetadata;
  readonly signal: AbortSignal;
  readonly onError: (error: unknown) => void;
}): Promise<Departure> {
  const { metadata, signal } = options;
  for (;;) {
    signal.throwIfAborted();
    try {
      if ((await metadata.targetLifecycleState()) === 'Terminated') {
        return { byGroup: true, reason: 'the Auto Scaling group terminates this instance' };
      }
      if (await metadata.spotInterruption()) {
        return { byGroup: false, reason: 'EC2 takes this Spot instance back' };
      }
    } catch (error) {
      options.onError(error);
    }
    await sleep(POLL_MS, undefined, { signal });
  }
}
