import { InvalidRequestError } from '../errors/errors.ts';
import type { ConcurrencyBounds } from './batch-types.ts';

const DEFAULTS = { min: 1, max: 64, start: 4 } as const;

/** What is left of the limit after an overload. */
const DECREASE = 0.5;

/**
 * How many requests may be in flight: additive increase, multiplicative decrease, with a slow start, as TCP does it
 * (RFC 5681). Pure: it counts answers and knows no clock.
 *
 * A round trip's worth of overloads is one sign, not many: only a request that was sent after the last decrease can cause
 * another.
 */
export class ConcurrencyLimit {
  readonly max: number;
  readonly #min: number;
  #limit: number;
  #slowStart = true;
  #epoch = 0;

  /** @throws InvalidRequestError unless 1 ≤ min ≤ start ≤ max, all whole numbers */
  constructor(bounds: number | ConcurrencyBounds = {}) {
    const given = typeof bounds === 'number' ? { min: bounds, max: bounds, start: bounds } : bounds;
    this.#min = given.min ?? Math.min(DEFAULTS.min, given.max ?? DEFAULTS.min);
    this.max = given.max ?? Math.max(DEFAULTS.max, this.#min, given.start ?? 0);
    this.#limit = given.start ?? Math.min(Math.max(DEFAULTS.start, this.#min), this.max);
    const values = [this.#min, this.#limit, this.max];
    if (!values.every((value) => Number.isSafeInteger(value) && value >= 1)) {
      throw new InvalidRequestError(
        `concurrency must be whole numbers of 1 or more, got ${JSON.stringify(bounds)}`,
      );
    }
    if (this.#min > this.#limit || this.#limit > this.max) {
      throw new InvalidRequestError(
        `concurrency must satisfy min ≤ start ≤ max, got min ${this.#min}, start ${this.#limit}, max ${this.max}`,
      );
    }
  }

  /** Requests that may be in flight now. */
  get current(): number {
    return Math.floor(this.#limit);
  }

  /** To be kept with a request from when it is sent, and given back with what became of it. */
  get ticket(): number {
    return this.#epoch;
  }

  /** @param inFlight requests in flight when the answer came, itself included: a limit that is not used does not grow */
  onAnswer(inFlight: number): void {
    if (inFlight < this.current) return;
    this.#limit = Math.min(this.max, this.#limit + (this.#slowStart ? 1 : 1 / this.#limit));
  }

  onOverload(ticket: number): void {
    if (ticket < this.#epoch) return;
    this.#epoch++;
    this.#slowStart = false;
    this.#limit = Math.max(this.#min, this.#limit * DECREASE);
  }
}
