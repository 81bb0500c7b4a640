/** Milliseconds on a clock that never goes back. */
export type Clock = () => number;

const MINUTE_MS = 60_000;

/** A minute's worth at once, then as fast as it fills again: a steady rate with room for a burst. */
export class TokenBucket {
  readonly perMinute: number;
  readonly #now: Clock;
  #level: number;
  #at: number;

  constructor(perMinute: number, now: Clock) {
    this.perMinute = perMinute;
    this.#now = now;
    this.#level = perMinute;
    this.#at = now();
  }

  /** Takes as many, or none when there are too few. */
  take(count: number): boolean {
    this.#fill();
    if (count > this.#level) return false;
    this.#level -= count;
    return true;
  }

  /** Puts back what was taken for nothing; it never holds more than a minute's worth. */
  give(count: number): void {
    this.#fill();
    this.#level = Math.min(this.perMinute, this.#level + count);
  }

  /** Whole ones that could be taken now. */
  get remaining(): number {
    this.#fill();
    return Math.floor(this.#level);
  }

  /** Milliseconds until as many can be taken. */
  waitMs(count: number): number {
    this.#fill();
    return Math.ceil((Math.max(0, count - this.#level) * MINUTE_MS) / this.perMinute);
  }

  #fill(): void {
    const now = this.#now();
    this.#level = Math.min(this.perMinute, this.#level + ((now - this.#at) * this.perMinute) / MINUTE_MS);
    this.#at = now;
  }
}
