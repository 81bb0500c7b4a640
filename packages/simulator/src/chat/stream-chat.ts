import { setTimeout as sleep } from 'node:timers/promises';
import type { Behaviour } from '../behaviour.ts';
import type { Counters } from '../metrics-text.ts';
import type { Scheduler } from '../scheduler.ts';
import type { PreparedChat } from './complete-chat.ts';
import { errorFrames } from './frames.ts';
import { generationError, type StreamPlan } from './plan-stream.ts';
import { VllmError } from './vllm-error.ts';

/** What times the answers. */
export interface Pace {
  readonly behaviour: Behaviour;
  readonly scheduler: Scheduler;
  readonly counters: Counters;
  /** Between two comments in a stream that waits for its place. @default Infinity */
  readonly keepAliveSeconds: number;
}

/** Takes the time that an answer takes; it is there when the promise resolves. @throws VllmError when it fails. */
export async function waitForAnswer(prepared: PreparedChat, pace: Pace, signal: AbortSignal): Promise<void> {
  const { behaviour, scheduler, counters } = pace;
  const steps = lengthOf(prepared);
  await scheduler.run(signal, () =>
    sleep(behaviour.firstTokenMs + steps * behaviour.perTokenMs, undefined, { signal }),
  );
  countFinished(prepared, counters);
  counters.generationTokens += prepared.answers.reduce((sum, { tokens }) => sum + tokens.length, 0);
  if (prepared.answers.some(({ fails }) => fails)) throw generationError();
}

/** Writes the frames of a plan, each at its time. */
export async function* playStream(
  plan: StreamPlan,
  prepared: PreparedChat,
  pace: Pace,
  signal: AbortSignal,
): AsyncGenerator<string, void, undefined> {
  const { behaviour, scheduler, counters } = pace;
  const place = Promise.withResolvers<void>();
  const admitted = Promise.withResolvers<void>();
  const held = scheduler.run(signal, () => {
    admitted.resolve();
    return place.promise;
  });
  held.catch(admitted.reject);
  try {
    yield* keepAlive(admitted.promise, pace.keepAliveSeconds);
    await sleep(behaviour.firstTokenMs, undefined, { signal });
    yield plan.opening;
    for (const [index, frames] of plan.steps.entries()) {
      if (index > 0) await sleep(behaviour.perTokenMs, undefined, { signal });
      if (behaviour.midStreamErrorAfterTokens > 0 && index >= behaviour.midStreamErrorAfterTokens) {
        counters.finished.error++;
        yield errorFrames(
          new VllmError(500, 'EngineCore encountered an issue. See stack trace (above) for the root cause.'),
        );
        return;
      }
      counters.generationTokens += prepared.answers.filter(({ tokens }) => index < tokens.length).length;
      if (frames !== '') yield frames;
    }
    countFinished(prepared, counters);
    yield plan.closing;
  } finally {
    place.resolve();
    await held.catch(() => undefined);
  }
}

/** Comments while a stream waits (621). */
async function* keepAlive(admitted: Promise<void>, seconds: number): AsyncGenerator<string, void, undefined> {
  if (!Number.isFinite(seconds)) return void (await admitted);
  for (;;) {
    const timer = new AbortController();
    const waited = sleep(seconds * 1_000, 'waited', { signal: timer.signal }).catch(() => 'admitted');
    const first = await Promise.race([admitted, waited]);
    timer.abort();
    if (first !== 'waited') return;
    yield ': keep-alive\n\n';
  }
}

function lengthOf({ answers }: PreparedChat): number {
  return Math.max(...answers.map(({ tokens }) => tokens.length));
}

function countFinished({ answers }: PreparedChat, counters: Counters): void {
  for (const { finishReason, fails } of answers) counters.finished[fails ? 'error' : finishReason]++;
}
