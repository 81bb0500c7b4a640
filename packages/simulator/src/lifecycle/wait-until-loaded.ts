import { setTimeout as sleep } from 'node:timers/promises';
import type { Behaviour } from '../behaviour.ts';
import { outOfMemory } from '../engine-model/engine-model.ts';

/** How soon a change while it loads is seen. */
const POLL_MS = 20;

/** GPU memory of an A10G in GiB, for the words of a load that does not fit. */
const GPU_MEMORY_GIB = 22.35;

/**
 * Takes the time that loading takes. `behaviour` may change meanwhile.
 *
 * @throws EngineStartError or Error when it shall fail.
 */
export async function waitUntilLoaded(behaviour: Behaviour): Promise<void> {
  const began = performance.now();
  for (;;) {
    if (behaviour.failLoad) throw new Error(`RuntimeError: ${behaviour.failLoad}`);
    if (behaviour.outOfMemory) throw outOfMemory(GPU_MEMORY_GIB);
    const left = began + behaviour.loadSeconds * 1_000 - performance.now();
    if (left <= 0 && !behaviour.neverReady) return;
    await sleep(behaviour.neverReady ? POLL_MS : Math.min(POLL_MS, left));
  }
}
