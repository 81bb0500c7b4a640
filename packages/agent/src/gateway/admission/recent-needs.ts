/** Requests that are remembered. */
const WINDOW = 64;

const LARGE = 0.95;

/**
 * What requests that came lately need, in seconds. By its own need alone a small request could wait longest: under
 * overload the queue would always be too long for large ones, which would never be let in. So all of them wait no longer
 * than a large one could.
 */
export class RecentNeeds {
  readonly #seconds: number[] = [];
  #next = 0;

  add(seconds: number): void {
    this.#seconds[this.#next] = seconds;
    this.#next = (this.#next + 1) % WINDOW;
  }

  /** What 95 of 100 stay below, of those that can be answered within `deadline` at all; 0 when there were none. */
  large(deadline: number): number {
    const possible = this.#possible(deadline);
    return possible[Math.floor(possible.length * LARGE)] ?? 0;
  }

  /** What all of them stay below; 0 when there were none. */
  largest(deadline: number): number {
    return this.#possible(deadline).at(-1) ?? 0;
  }

  #possible(deadline: number): readonly number[] {
    return this.#seconds.filter((seconds) => seconds <= deadline).sort((a, b) => a - b);
  }
}
