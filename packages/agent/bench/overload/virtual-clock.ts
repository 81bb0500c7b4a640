import type { Clock } from '../../src/gateway/admission/clock.ts';

interface Event {
  readonly at: number;
  readonly callback: () => void;
  isCancelled: boolean;
}

/** A clock that goes from event to event: an hour takes as long as what happens in it. */
export class VirtualClock implements Clock {
  /** By time, and by the order of asking among those of the same time. */
  readonly #events: Event[] = [];
  #now = 0;

  now(): number {
    return this.#now;
  }

  after(seconds: number, callback: () => void): () => void {
    const event: Event = { at: this.#now + Math.max(0, seconds), callback, isCancelled: false };
    let [low, high] = [0, this.#events.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#events[middle]!.at <= event.at) low = middle + 1;
      else high = middle;
    }
    this.#events.splice(low, 0, event);
    return () => {
      event.isCancelled = true;
    };
  }

  /** Until nothing is left to happen, or until that moment. */
  run(until: number = Number.POSITIVE_INFINITY): void {
    for (;;) {
      const [next] = this.#events;
      if (!next || next.at > until) break;
      this.#events.shift();
      if (next.isCancelled) continue;
      this.#now = next.at;
      next.callback();
    }
    if (Number.isFinite(until)) this.#now = Math.max(this.#now, until);
  }
}
