import { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { countingText } from '../../drill/streaming-load.ts';
import { seededRandom } from '../random.ts';
import { askStream } from './ask-stream.ts';
import { type AttemptOutcome, judgeAttempt } from './stream-reading.ts';

/** One stream from its first attempt to its end; times are milliseconds since the load began. */
export interface StreamRecord {
  readonly id: number;
  readonly startedMs: number;
  readonly endedMs: number;
  /** Which instance answered last; unknown when none did. */
  readonly instanceId: string | undefined;
  readonly outcome: AttemptOutcome;
  readonly detail: string;
  /** Of the body of the last attempt. */
  readonly bytes: number;
  /** What was said to attempts that were asked again: a status or the code of a broken connection. */
  readonly refusals: readonly string[];
}

export interface ChaosLoadOptions {
  readonly url: URL;
  readonly apiKey: string;
  readonly model: string;
  readonly seed: number;
  /** Streams that are open at the same time. */
  readonly concurrency: number;
  readonly idleMs: number;
}

/** A stream counts so far: 1.5 s to 3.5 s at three tokens a number and 25 ms a token. */
const SHORTEST = 20;
const LONGEST = 45;

/** A stream that is refused is asked again for so long. */
const PATIENCE_MS = 60_000;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 2_000;

const POLL_MS = 100;

interface ActiveStream {
  readonly startedMs: number;
  instanceId: string | undefined;
}

/** Keeps a fixed number of streams going, and keeps account of each. */
export class ChaosLoad {
  readonly #options: ChaosLoadOptions;
  readonly #agent: Agent;
  readonly #random: () => number;
  readonly #began = performance.now();
  readonly #active = new Map<number, ActiveStream>();
  readonly #records: StreamRecord[] = [];
  readonly #stopping = new AbortController();
  readonly #givenUp = new AbortController();
  #workers: readonly Promise<void>[] = [];
  #nextId = 1;

  constructor(options: ChaosLoadOptions) {
    this.#options = options;
    this.#random = seededRandom(options.seed);
    this.#agent = new Agent({ keepAlive: true, maxSockets: options.concurrency * 2 });
  }

  now(): number {
    return Math.round(performance.now() - this.#began);
  }

  start(): void {
    this.#workers = Array.from({ length: this.#options.concurrency }, () => this.#work());
  }

  records(): readonly StreamRecord[] {
    return this.#records;
  }

  get ended(): number {
    return this.#records.length;
  }

  openOn(instanceId: string): number {
    return [...this.#active.values()].filter((stream) => stream.instanceId === instanceId).length;
  }

  get openAnywhere(): number {
    return [...this.#active.values()].filter((stream) => stream.instanceId !== undefined).length;
  }

  /** Whether a stream is open that began before. */
  hasOpenFrom(beforeMs: number): boolean {
    return [...this.#active.values()].some(({ startedMs }) => startedMs < beforeMs);
  }

  /** Waits until so many streams have ended. @throws the signal's reason */
  async untilEnded(count: number, signal: AbortSignal): Promise<void> {
    while (this.ended < count) await sleep(POLL_MS, undefined, { signal });
  }

  /** Refused streams are not asked again any more. */
  giveUp(): void {
    this.#givenUp.abort();
  }

  /** Begins no further stream and waits for the open ones. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#workers);
    this.#agent.destroy();
  }

  async #work(): Promise<void> {
    while (!this.#stopping.signal.aborted) await this.#streamOnce();
  }

  async #streamOnce(): Promise<void> {
    const id = this.#nextId++;
    const last = SHORTEST + Math.floor(this.#random() * (LONGEST - SHORTEST + 1));
    const active: ActiveStream = { startedMs: this.now(), instanceId: undefined };
    this.#active.set(id, active);
    const record = await this.#askUntilAnswered(id, active, last);
    this.#active.delete(id);
    this.#records.push(record);
  }

  async #askUntilAnswered(id: number, active: ActiveStream, last: number): Promise<StreamRecord> {
    const { url, apiKey, model, idleMs } = this.#options;
    const expected = countingText(last);
    const refusals: string[] = [];
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
      const attempt = await askStream({
        ...{ url, apiKey, model, idleMs, agent: this.#agent },
        prompt: `Count from 1 to ${last}.`,
        onInstance: (instanceId) => {
          active.instanceId = instanceId;
        },
      });
      const { outcome, detail } = judgeAttempt({ ...attempt, expected });
      const isPatient = this.now() - active.startedMs < PATIENCE_MS && !this.#givenUp.signal.aborted;
      if (outcome !== 'refused' || !isPatient) {
        const { startedMs, instanceId } = active;
        const { bytes } = attempt.reading;
        return { id, startedMs, endedMs: this.now(), instanceId, outcome, detail, bytes, refusals };
      }
      refusals.push(detail);
      active.instanceId = undefined;
      const pause = sleep(attempt.retryAfterMs ?? pauseMs, undefined, { signal: this.#givenUp.signal });
      // Given up while it waits: asked once more, and then told as it is.
      await pause.catch(() => undefined);
    }
  }
}
