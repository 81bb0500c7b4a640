/** Slots of 1 ms; what is due later than that comes round again. */
const SLOTS = 1024;

export interface Timed {
  /** On the clock of the wheel, in ms. */
  readonly dueMs: number;
  /** Is dropped when its time comes. */
  readonly cancelled: boolean;
}

/** Many timers in one, each as exact as a millisecond and never early: 2,000 streams cost one `setTimeout`. */
export class TimerWheel<Item extends Timed> {
  readonly #slots: Item[][] = Array.from({ length: SLOTS }, () => []);
  /** The first slot that has not passed, in ms. */
  #cursor = 0;
  #size = 0;

  /** Includes what was cancelled and has not come round. */
  get size(): number {
    return this.#size;
  }

  add(item: Item): void {
    const slot = Math.max(Math.ceil(item.dueMs), this.#cursor);
    this.#slots[slot % SLOTS]?.push(item);
    this.#size++;
  }

  /** Takes out what is due at `nowMs`, the earliest millisecond first. */
  advance(nowMs: number): readonly Item[] {
    const until = Math.floor(nowMs);
    const due: Item[] = [];
    // After a long stop every slot is looked at once.
    const from = Math.max(this.#cursor, until - SLOTS + 1);
    for (let slot = from; slot <= until && this.#size > 0; slot++) {
      const items = this.#slots[slot % SLOTS];
      if (!items || items.length === 0) continue;
      const later = items.filter((item) => Math.ceil(item.dueMs) > until && !item.cancelled);
      for (const item of items) if (!item.cancelled && Math.ceil(item.dueMs) <= until) due.push(item);
      this.#size -= items.length - later.length;
      this.#slots[slot % SLOTS] = later;
    }
    this.#cursor = Math.max(this.#cursor, until + 1);
    return due;
  }

  /** Milliseconds until a slot that holds something; undefined when nothing does. */
  nextIn(nowMs: number): number | undefined {
    if (this.#size === 0) return undefined;
    for (let slot = this.#cursor; slot < this.#cursor + SLOTS; slot++) {
      if ((this.#slots[slot % SLOTS]?.length ?? 0) > 0) return Math.max(0, slot - nowMs);
    }
    return undefined;
  }
}
