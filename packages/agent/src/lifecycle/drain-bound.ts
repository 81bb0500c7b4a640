import type { Departure } from './departure.ts';

/** Before the machine goes: the model server's end (10 s), the last logs and metrics (5 s), and some to spare. */
const RESERVE_MS = 20_000;

/** Until when requests may go on on an instance that is to go. Only ever comes nearer. */
export class DrainBound {
  #atMs: number;
  #goneAtMs = Number.POSITIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  readonly #reached = Promise.withResolvers<void>();

  /** @param timeoutMs what a drain gets where nobody says when the machine goes */
  constructor(timeoutMs: number) {
    this.#atMs = performance.now() + timeoutMs;
    this.#arm();
  }

  /** Resolves when the time is over. */
  get reached(): Promise<void> {
    return this.#reached.promise;
  }

  /** Milliseconds until requests are ended; 0 when that time is over. */
  get leftMs(): number {
    return Math.max(0, this.#atMs - performance.now());
  }

  /** What is left until half the reserve before the machine goes, for whatever has to end first; Infinity where nobody has said. */
  get stopMs(): number {
    return Math.max(0, this.#goneAtMs - RESERVE_MS / 2 - performance.now());
  }

  /** Takes note of another cause to go. Returns whether the drain gets less time by it. */
  heed({ goneAtMs }: Departure): boolean {
    if (goneAtMs === undefined) return false;
    this.#goneAtMs = Math.min(this.#goneAtMs, goneAtMs);
    const atMs = goneAtMs - RESERVE_MS;
    if (atMs >= this.#atMs) return false;
    this.#atMs = atMs;
    this.#arm();
    return true;
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }

  #arm(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#reached.resolve(), this.leftMs);
  }
}
