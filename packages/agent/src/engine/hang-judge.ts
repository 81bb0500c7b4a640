/** What the model server said of its engine's work at a look. */
export type EngineCounters =
  /** What its engine has counted; changes with every step. */
  | { readonly steps: string }
  /** It did not answer in time, or nobody could be reached. */
  | 'silent'
  /** It answered, but not with what is looked for: nothing follows from that. */
  | 'unreadable'
  /** It was not asked. */
  | 'unasked';

/** What was seen at one look. */
export interface Look {
  /** Of a clock that never goes back, in milliseconds. */
  readonly atMs: number;
  /** Since the look before something has come that only an engine at work sends: a piece of an answer. */
  readonly spoke: boolean;
  /** How long the longest wait for the next piece of an answer has lasted; undefined when nobody waits. */
  readonly waitMs: number | undefined;
  readonly counters: EngineCounters;
}

/** A longer pause between two looks tells of an agent that stood still, and nothing of the model server. */
const LONGEST_STEP_IN_LOOKS = 2;

/**
 * Tells a model server that hangs from one that is slow or idle. It hangs when, for the stated time, somebody waited and
 * neither a piece of any answer came nor its engine counted a step (a long prefill and a long answer in one piece count
 * steps); or when for that time it did not even answer for its metrics. Time in which nobody waits counts for nothing,
 * and does not begin the time anew: clients that give up sooner do not hide a hang.
 */
export class HangJudge {
  readonly #limitMs: number;
  readonly #everyMs: number;
  #latestMs: number;
  #steps: string | undefined;
  #stillMs = 0;
  #silentMs = 0;

  /** @param everyMs how often is looked; who waits for less than that does not count as waiting */
  constructor(options: { readonly limitMs: number; readonly everyMs: number; readonly nowMs: number }) {
    this.#limitMs = options.limitMs;
    this.#everyMs = options.everyMs;
    this.#latestMs = options.nowMs;
  }

  /** Why it is taken to hang, or undefined when it is not. */
  look({ atMs, spoke, waitMs, counters }: Look): string | undefined {
    const passedMs = Math.min(atMs - this.#latestMs, LONGEST_STEP_IN_LOOKS * this.#everyMs);
    this.#latestMs = atMs;
    const waits = waitMs !== undefined && waitMs >= this.#everyMs;
    if (spoke || this.#haveMoved(counters)) this.#stillMs = 0;
    else if (waits && counters !== 'unreadable') this.#stillMs += passedMs;
    if (spoke || counters !== 'silent') this.#silentMs = 0;
    else this.#silentMs += passedMs;
    if (this.#stillMs >= this.#limitMs) {
      return `while requests waited, no token came and its engine made no step for ${seconds(this.#stillMs)}`;
    }
    if (this.#silentMs >= this.#limitMs) {
      return `it did not answer /metrics for ${seconds(this.#silentMs)}`;
    }
    return undefined;
  }

  /** What is read for the first time has moved, as far as anybody knows. */
  #haveMoved(counters: EngineCounters): boolean {
    if (typeof counters === 'string') return false;
    const before = this.#steps;
    this.#steps = counters.steps;
    return before !== counters.steps;
  }
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1_000)} s`;
}
