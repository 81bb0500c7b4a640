/** Measurements that decide together: enough to forget a burst within one, few enough to follow a slower GPU. */
const WINDOW = 31;

/** So many measurements are needed before they outvote the model. */
const PRIOR = 5;

/** What is measured beyond these is an accident (a process that stood still), not a pace. */
const [LEAST, MOST] = [1 / 64, 64];

/**
 * How much slower than its model something really is, as the median of the last measurements: a few that are far off,
 * whatever they are, do not move it. 1 until measurements say otherwise.
 */
export class MedianRatio {
  readonly #ratios: number[] = Array.from({ length: PRIOR }, () => 1);
  #value = 1;
  #measured = 0;

  get value(): number {
    return this.#value;
  }

  /** Measurements so far. */
  get measured(): number {
    return this.#measured;
  }

  /** Both in the same unit; what cannot be a ratio is left out. */
  add(measured: number, modelled: number): void {
    if (!(measured > 0 && modelled > 0)) return;
    this.#ratios.push(Math.min(MOST, Math.max(LEAST, measured / modelled)));
    this.#measured += 1;
    if (this.#ratios.length > WINDOW) this.#ratios.shift();
    const sorted = this.#ratios.toSorted((a, b) => a - b);
    const middle = Math.floor(sorted.length / 2);
    const [below = 1, above = 1] = [sorted[middle - 1], sorted[middle]];
    this.#value = sorted.length % 2 === 1 ? above : (below + above) / 2;
  }
}
