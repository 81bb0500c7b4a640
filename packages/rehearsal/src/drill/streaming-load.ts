import { ApiError, type PixtralClient, StreamError } from '@pixtral-fleet/client';

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

/** Long enough that a drain has something to wait for: about 240 tokens, six seconds at 25 ms each. */
const COUNT_TO = 80;

/** Keeps a fixed number of streams going through the balancer and notes how each one ends. */
export class StreamingLoad {
  readonly #client: PixtralClient;
  readonly #began = performance.now();
  readonly #finished: DrillStream[] = [];
  readonly #active = new Map<number, string | undefined>();
  #workers: Promise<void>[] = [];
  #stopping = false;
  #nextId = 1;

  constructor(client: PixtralClient) {
    this.#client = client;
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
    this.#stopping = true;
    await Promise.all(this.#workers);
    return this.#finished;
  }

  async #work(): Promise<void> {
    while (!this.#stopping) await this.#streamOnce();
  }

  async #streamOnce(): Promise<void> {
    const id = this.#nextId++;
    const startedMs = this.now();
    let text = '';
    let error: unknown;
    this.#active.set(id, undefined);
    try {
      const stream = await this.#client.chat.stream({
        messages: [{ role: 'user', content: `Count from 1 to ${COUNT_TO}.` }],
        max_tokens: 1_000,
        temperature: 0,
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
    const outcome = classify({ text, error });
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
  }
}

/** A stream is complete only when all that was asked for has come; an error is clear when the server said it. */
export function classify(end: { readonly text: string; readonly error: unknown }): StreamOutcome {
  if (end.error instanceof StreamError || end.error instanceof ApiError) return 'errored-clearly';
  if (end.error !== undefined && end.text === '') return 'errored-clearly';
  const complete = end.error === undefined && end.text.trim().replace(/\.$/, '') === countingText(COUNT_TO);
  return complete ? 'completed' : 'truncated-silently';
}

function countingText(last: number): string {
  return Array.from({ length: last }, (_, index) => index + 1).join(', ');
}
