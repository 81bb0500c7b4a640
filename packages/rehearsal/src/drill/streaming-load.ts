import { setTimeout as sleep } from 'node:timers/promises';
import { ApiError, type PixtralClient, StreamError } from '@pixtral-fleet/client';
import type { LoadPlan } from '../engine/index.ts';

/** How a stream of the drill ended. Only the last one is a defect of the fleet at any time. */
export type StreamOutcome = 'completed' | 'errored-clearly' | 'truncated-silently';

export interface DrillStream {
  readonly id: number;
  /** Milliseconds since the load began. */
  readonly startedMs: number;
  readonly endedMs: number;
  /** Which instance answered; unknown when none did. */
  readonly instanceId: string | undefined;
  readonly outcome: StreamOutcome;
  /** What the client's error said, for streams that did not complete. */
  readonly error: string | undefined;
}

/** After a failed stream, doubling: a fleet of one instance that reloads its model server refuses for a minute. */
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 4_000;

/** Tokens of the longest answer, six for each number of four digits, fit the context of every checkpoint. */
const MAX_TOKENS = 6_000;

/** Keeps a fixed number of streams going through the balancer and notes how each one ends. */
export class StreamingLoad {
  readonly #client: PixtralClient;
  readonly #plan: LoadPlan;
  /** What a whole answer is. */
  readonly #expected: string;
  readonly #began = performance.now();
  readonly #finished: DrillStream[] = [];
  readonly #active = new Map<number, string | undefined>();
  #workers: Promise<void>[] = [];
  readonly #stopping = new AbortController();
  #nextId = 1;

  constructor(client: PixtralClient, plan: LoadPlan) {
    this.#client = client;
    this.#plan = plan;
    this.#expected = countingText(plan.countTo);
  }

  now(): number {
    return Math.round(performance.now() - this.#began);
  }

  start(concurrency: number): void {
    this.#workers = Array.from({ length: concurrency }, () => this.#work());
  }

  /** Number of streams open on an instance at this moment. */
  activeOn(instanceId: string): number {
    return [...this.#active.values()].filter((id) => id === instanceId).length;
  }

  finished(): readonly DrillStream[] {
    return this.#finished;
  }

  /** Begins no further stream and waits for the open ones. */
  async stop(): Promise<readonly DrillStream[]> {
    this.#stopping.abort();
    await Promise.all(this.#workers);
    return this.#finished;
  }

  async #work(): Promise<void> {
    const { signal } = this.#stopping;
    let pauseMs = FIRST_PAUSE_MS;
    while (!signal.aborted) {
      if ((await this.#streamOnce()) === 'completed') {
        pauseMs = FIRST_PAUSE_MS;
      } else {
        await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
        pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
      }
    }
  }

  async #streamOnce(): Promise<StreamOutcome> {
    const id = this.#nextId++;
    const startedMs = this.now();
    let text = '';
    let error: unknown;
    this.#active.set(id, undefined);
    try {
      const stream = await this.#client.chat.stream({
        messages: [{ role: 'user', content: `Count from 1 to ${this.#plan.countTo}.` }],
        max_tokens: MAX_TOKENS,
        temperature: 0,
        ...(this.#plan.constrained ? { structured_outputs: { choice: [this.#expected] } } : {}),
      });
      this.#active.set(id, stream.response.instanceId);
      for await (const event of stream) {
        if (event.type === 'text-delta') text += event.text;
      }
    } catch (thrown) {
      error = thrown;
    }
    const instanceId = this.#active.get(id);
    this.#active.delete(id);
    const outcome = classify({ text, error, expected: this.#expected });
    const message = error instanceof Error ? `${error.name}: ${error.message}` : undefined;
    this.#finished.push({
      id,
      startedMs,
      endedMs: this.now(),
      instanceId,
      outcome,
      error:
        message ??
        (outcome === 'completed' ? undefined : `unexpected text: ${JSON.stringify(text.slice(-80))}`),
    });
    return outcome;
  }
}

/** A stream is complete only when all that was asked for has come; an error is clear when the server said it. */
export function classify(end: {
  readonly text: string;
  readonly error: unknown;
  readonly expected: string;
}): StreamOutcome {
  if (end.error instanceof StreamError || end.error instanceof ApiError) return 'errored-clearly';
  if (end.error !== undefined && end.text === '') return 'errored-clearly';
  const complete = end.error === undefined && end.text.trim().replace(/\.$/, '') === end.expected;
  return complete ? 'completed' : 'truncated-silently';
}

/** The whole answer to "Count from 1 to `last`." */
export function countingText(last: number): string {
  return Array.from({ length: last }, (_, index) => index + 1).join(', ');
}
