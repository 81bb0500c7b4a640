import { setTimeout as sleep } from 'node:timers/promises';
import type { Simulator } from '../create-simulator.ts';
import type { LiveBehaviour } from '../live-behaviour.ts';
import { formatDeath } from './engine-failure-log.ts';

/** vLLM's server looks after its engine so often. */
const WATCHDOG_SECONDS = 5;

/** What kills engines on GPUs. */
const CAUSE = 'RuntimeError: CUDA error: an illegal memory access was encountered';

/** Resolves when the process may exit after the death of its engine; vLLM does so with code 0 (vllm issue 48966). */
export async function engineDeath(
  simulator: Simulator,
  behaviour: LiveBehaviour,
  environment: NodeJS.ProcessEnv,
): Promise<void> {
  await new Promise<void>((resolve) => {
    const look = () => {
      if (simulator.engineDead) resolve();
    };
    behaviour.onChange(look);
    look();
  });
  console.error(formatDeath(CAUSE, { now: new Date(), pid: process.pid }).trimEnd());
  if (environment.VLLM_KEEP_ALIVE_ON_ENGINE_DEATH === '1') return new Promise<never>(() => undefined);
  await sleep(WATCHDOG_SECONDS * 1_000);
  await simulator.close();
}
