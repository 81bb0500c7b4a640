/** A question without a picture, or about a small one. */
const SMALL_BYTES = 256 * 1024;

/** Of the budget: kept for small bodies, so that large ones that never end do not shut everybody out. */
const SMALL_PART = 1 / 8;

/** Of the budget: what all bodies of one API key may hold where there are several keys. */
const KEY_PART = 3 / 4;

/** The memory for request bodies that all requests share: what does not fit is refused, and nothing waits for room. */
export class BodyBudget {
  readonly bytes: number;
  readonly #keys: () => number;
  readonly #byKey = new Map<string, number>();
  #taken = 0;

  /**
   * @param bytes held at most at the same time
   * @param keys how many API keys there are now: where there are several, one of them cannot take all of it
   */
  constructor(bytes: number, keys: () => number = () => 1) {
    this.bytes = bytes;
    this.#keys = keys;
  }

  /** Room for a body that is to have as many bytes. @param key name of its API key. @default - of nobody's own */
  freeFor(expected: number, key?: string): number {
    const kept = expected > SMALL_BYTES ? this.bytes * SMALL_PART : 0;
    const free = Math.max(0, this.bytes - kept - this.#taken);
    const own = this.#heldBy(key);
    // One body is never too much: the largest kind may be most of the budget.
    if (own === 0 || this.#keys() < 2) return free;
    return Math.min(free, Math.max(0, this.bytes * KEY_PART - own));
  }

  /**
   * An empty share for one request; to be disposed of when nothing of its body is needed any more.
   * @param expected bytes that it is to have
   * @param key name of its API key. @default - of nobody's own
   */
  open(expected: number, key?: string): BodyShare {
    let held = 0;
    const hold = (bytes: number) => {
      this.#taken += bytes - held;
      this.#hold(key, bytes - held);
      held = bytes;
    };
    return {
      resize: (bytes) => {
        const before = held;
        // By what others hold: a body that grows is no second one.
        hold(0);
        const fits = bytes <= before || bytes <= this.freeFor(expected, key);
        hold(fits ? bytes : before);
        return fits;
      },
      [Symbol.dispose]: () => hold(0),
    };
  }

  #heldBy(key: string | undefined): number {
    return key === undefined ? 0 : (this.#byKey.get(key) ?? 0);
  }

  #hold(key: string | undefined, more: number): void {
    if (key === undefined) return;
    const bytes = this.#heldBy(key) + more;
    if (bytes === 0) this.#byKey.delete(key);
    else this.#byKey.set(key, bytes);
  }
}

/** What one request holds of the budget. */
export interface BodyShare extends Disposable {
  /** Makes it this large; false, and unchanged, when there is no room. */
  resize(bytes: number): boolean;
}

/** Of the memory of the machine; the model server needs the rest. */
const LARGEST_PART = 1 / 4;

/** What the config says, but never more than a quarter of the memory that the process may use. */
export function planBodyBudget(configuredBytes: number, memoryBytes: number): number {
  return Math.min(configuredBytes, Math.floor(memoryBytes * LARGEST_PART));
}
