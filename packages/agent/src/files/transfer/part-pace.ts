/** Parts that must have arrived before any is called slow. */
const FEWEST = 4;

/** A part may take so many times as long as the middle one; S3's own spread is far below that. */
const FACTOR = 8;

/** How fast parts arrive, and from when on one of them is so slow that another connection is the better bet. */
export class PartPace {
  readonly #slowMs: number;
  /** Milliseconds a byte. */
  readonly #paces: number[] = [];

  /** @param slowMs no part is slow before this */
  constructor(slowMs: number) {
    this.#slowMs = slowMs;
  }

  arrived(bytes: number, ms: number): void {
    this.#paces.push(ms / bytes);
  }

  /** Milliseconds after which a part of so many bytes is slow; undefined while nothing is known. */
  slowAfterMs(bytes: number): number | undefined {
    if (this.#paces.length < FEWEST) return undefined;
    const sorted = this.#paces.toSorted((left, right) => left - right);
    const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
    return Math.max(this.#slowMs, FACTOR * median * bytes);
  }
}
