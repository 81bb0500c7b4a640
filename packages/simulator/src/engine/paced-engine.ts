import type { Engine, EngineWork } from './engine.ts';
import { EngineClock } from './engine-clock.ts';
import { TimerWheel } from './timer-wheel.ts';

/** Times that every request gets, however many there are; read again for each token. */
export interface FixedTimes {
  /** From the place in the batch to the first token. */
  readonly firstTokenMs: number;
  /** Between two tokens; a stream has at most one in a millisecond. */
  readonly perTokenMs: number;
}

interface Place {
  readonly work: EngineWork;
  /** When the next token is to be told of. */
  dueMs: number;
  /** Tokens before that one which are told of with it. */
  held: number;
  tokens: number;
  cancelled: boolean;
}

const LEAST_STEP_MS = 1;

/** An answer in one piece is told of no more often than this, which is all that `/metrics` needs. */
const TOLD_MS = 250;

/** Fixed times and nothing else: no prefill, no KV cache. What a rehearsal wants. */
export class PacedEngine implements Engine {
  readonly kvUsage = 0;
  readonly preemptions = 0;
  readonly kvTokens = 0;
  readonly #times: FixedTimes;
  readonly #places: number;
  readonly #wheel = new TimerWheel<Place>();
  readonly #clock = new EngineClock({
    nextIn: (now) => this.#wheel.nextIn(now),
    onTick: (now) => {
      for (const place of this.#wheel.advance(now)) this.#speak(place, now);
    },
  });
  readonly #queue: Place[] = [];
  #running = 0;

  constructor(times: FixedTimes, places: number) {
    this.#times = times;
    this.#places = places;
  }

  get running(): number {
    return this.#running;
  }

  get waiting(): number {
    return this.#queue.length;
  }

  submit(work: EngineWork): () => void {
    const place: Place = { work, dueMs: 0, held: 0, tokens: 0, cancelled: false };
    if (this.#running < this.#places) this.#admit(place);
    else this.#queue.push(place);
    this.#clock.arm();
    return () => this.#leave(place);
  }

  freeze(): void {
    this.#clock.freeze();
  }

  thaw(): void {
    this.#clock.thaw();
  }

  close(): void {
    this.#clock.close();
  }

  #admit(place: Place): void {
    this.#running++;
    place.dueMs = this.#clock.now() + this.#times.firstTokenMs;
    this.#wheel.add(place);
    place.work.onAdmitted();
  }

  #leave(place: Place): void {
    if (place.cancelled) return;
    place.cancelled = true;
    const index = this.#queue.indexOf(place);
    if (index >= 0) this.#queue.splice(index, 1);
    else this.#free();
  }

  #free(): void {
    this.#running--;
    const next = this.#queue.shift();
    if (next) this.#admit(next);
  }

  /** All tokens that are due by now in one go: a late tick does not make a stream longer. */
  #speak(place: Place, now: number): void {
    const { work } = place;
    const { perTokenMs } = this.#times;
    const last = Math.max(1, work.answerTokens);
    const step = work.streamed ? Math.max(LEAST_STEP_MS, perTokenMs) : perTokenMs;
    const late = step > 0 ? Math.floor((now - place.dueMs) / step) : last;
    const due = Math.min(last - place.tokens, place.held + 1 + late);
    place.tokens += due;
    place.dueMs += (due - place.held) * step;
    place.held = work.streamed
      ? 0
      : Math.max(0, Math.min(Math.floor(TOLD_MS / step), last - place.tokens) - 1);
    place.dueMs += place.held * step;
    const finished = place.tokens >= last;
    if (!finished) this.#wheel.add(place);
    else place.cancelled = true;
    work.onTokens(Math.min(place.tokens, work.answerTokens));
    if (finished) this.#free();
  }
}
