import { setTimeout as sleep } from 'node:timers/promises';
import type { EngineActivity } from '../gateway/index.ts';
import { HangJudge } from './hang-judge.ts';
import { readEngineCounters } from './read-engine-counters.ts';

/** Looks within the time after which a model server counts as hung: what is noticed is late by two of them at most. */
const LOOKS = 10;

/**
 * Watches a serving model server. `/health` is not asked: it is 200 on an engine that hangs.
 * @returns why it is taken to hang, as soon as it is; see `HangJudge`
 * @throws the reason of `signal` when that aborts
 */
export async function untilHung(options: {
  readonly socketPath: string;
  readonly activity: () => EngineActivity;
  readonly limitMs: number;
  readonly signal: AbortSignal;
}): Promise<string> {
  const { socketPath, activity, limitMs, signal } = options;
  const everyMs = limitMs / LOOKS;
  const judge = new HangJudge({ limitMs, everyMs, nowMs: performance.now() });
  for (let heard = activity().pieces; ; heard = activity().pieces) {
    await sleep(everyMs, undefined, { signal });
    const spoke = activity().pieces !== heard;
    const counters = spoke ? 'unasked' : await readEngineCounters(socketPath, everyMs);
    const { pieces, waitMs } = activity();
    const hang = judge.look({ atMs: performance.now(), spoke: pieces !== heard, waitMs, counters });
    signal.throwIfAborted();
    if (hang) return hang;
  }
}
