import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Asks again until there is an answer. Throws what `question` throws, the signal's reason when it aborts, and
 * `timedOut()` after the deadline.
 */
export async function pollUntil<T>(
  question: () => Promise<T | undefined>,
  options: {
    readonly everyMs: number;
    readonly deadlineMs: number;
    readonly signal: AbortSignal;
    readonly timedOut: () => Error;
  },
): Promise<T> {
  const deadline = performance.now() + options.deadlineMs;
  for (;;) {
    options.signal.throwIfAborted();
    const answer = await question();
    if (answer !== undefined) return answer;
    if (performance.now() > deadline) throw options.timedOut();
    await sleep(options.everyMs, undefined, { signal: options.signal });
  }
}
