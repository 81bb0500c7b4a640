import { setTimeout as sleep } from 'node:timers/promises';

/** Instances take a replaced key over within this time, in milliseconds. */
const EVERY_MS = 30_000;

export interface WatchApiKeysOptions<Keys> {
  readonly read: () => Promise<Keys>;
  readonly onKeys: (keys: Keys) => void;
  /** The keys read before stay valid: a secret that cannot be read is no reason to refuse clients. */
  readonly onError: (error: unknown) => void;
  readonly signal: AbortSignal;
  /** @default 30000 */
  readonly everyMs?: number;
}

/** Reads the secret again and again until `signal` aborts, so that a key is replaced without restarting anything. */
export async function watchApiKeys<Keys>(options: WatchApiKeysOptions<Keys>): Promise<void> {
  const { read, onKeys, onError, signal, everyMs = EVERY_MS } = options;
  for (;;) {
    await sleep(everyMs, undefined, { signal, ref: false }).catch(() => undefined);
    if (signal.aborted) return;
    try {
      onKeys(await read());
    } catch (error) {
      onError(error);
    }
  }
}
