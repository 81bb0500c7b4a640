import { FairShare } from './fair-share.ts';

/** Classes of requests, by what is behind them: a person who waits, or nobody in particular. */
export const PRIORITIES = ['interactive', 'batch'] as const;

export type Priority = (typeof PRIORITIES)[number];

/**
 * Shares while both want something. Batch gets a tenth, so that it ages to its turn however long people keep coming;
 * all that people leave is its own.
 */
const WEIGHTS: Readonly<Record<Priority, number>> = { interactive: 9, batch: 1 };

/** What is queued. */
export interface Queued {
  /** Name of the API key. */
  readonly key: string;
  readonly priority: Priority;
  /** What it costs the engine, in seconds. */
  readonly cost: number;
}

/** The requests of one priority: fair between keys, first come first served within a key. */
interface PriorityQueue<Item> {
  readonly shares: FairShare<string>;
  readonly byKey: Map<string, Item[]>;
}

/** Requests that wait for a place: fair between priorities by their weights, then fair between keys. */
export class RequestQueue<Item extends Queued> {
  #priorities = new FairShare<Priority>();
  readonly #queues = new Map<Priority, PriorityQueue<Item>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  *[Symbol.iterator](): Generator<Item, void, undefined> {
    for (const { byKey } of this.#queues.values()) for (const items of byKey.values()) yield* items;
  }

  push(item: Item): void {
    const queue = this.#queueOf(item.priority);
    const items = queue.byKey.get(item.key);
    if (items) items.push(item);
    else queue.byKey.set(item.key, [item]);
    queue.shares.want(item.key, 1);
    this.#priorities.want(item.priority, WEIGHTS[item.priority]);
    this.#size += 1;
  }

  /** Whose turn it is. */
  peek(): Item | undefined {
    const priority = this.#priorities.next();
    const queue = priority && this.#queues.get(priority);
    const key = queue?.shares.next();
    return key === undefined ? undefined : queue?.byKey.get(key)?.[0];
  }

  /** Takes the one whose turn it is, at its cost. */
  shift(): Item | undefined {
    const item = this.peek();
    if (item) {
      this.#priorities.charge(item.priority, item.cost);
      this.#queueOf(item.priority).shares.charge(item.key, item.cost);
      this.remove(item);
    }
    return item;
  }

  /** Takes it out at no cost. */
  remove(item: Item): boolean {
    const queue = this.#queueOf(item.priority);
    const items = queue.byKey.get(item.key) ?? [];
    const index = items.indexOf(item);
    if (index < 0) return false;
    items.splice(index, 1);
    this.#size -= 1;
    if (items.length > 0) return true;
    queue.byKey.delete(item.key);
    queue.shares.withdraw(item.key);
    if (queue.byKey.size === 0) this.#priorities.withdraw(item.priority);
    return true;
  }

  /** As it is now, to see in which order it would be emptied. */
  clone(): RequestQueue<Item> {
    const copy = new RequestQueue<Item>();
    copy.#priorities = this.#priorities.clone();
    for (const [priority, { shares, byKey }] of this.#queues) {
      copy.#queues.set(priority, {
        shares: shares.clone(),
        byKey: new Map([...byKey].map(([key, items]) => [key, [...items]])),
      });
    }
    copy.#size = this.#size;
    return copy;
  }

  #queueOf(priority: Priority) {
    let queue = this.#queues.get(priority);
    if (!queue) {
      queue = { shares: new FairShare<string>(), byKey: new Map<string, Item[]>() };
      this.#queues.set(priority, queue);
    }
    return queue;
  }
}
