/** A question without a picture, or about a small one. */
const SMALL_BYTES = 256 * 1024;

/** Of the budget: kept for small bodies, so that large ones that never end do not shut everybody out. */
const SMALL_PART = 1 / 8;

/** The memory for request bodies that all requests share: what does not fit is refused, and nothing waits for room. */
export class BodyBudget {
  readonly bytes: number;
  #taken = 0;

  /** @param bytes held at most at the same time */
  constructor(bytes: number) {
    this.bytes = bytes;
  }

  /** Room for a body that is to have as many bytes. */
  freeFor(expected: number): number {
    const kept = expected > SMALL_BYTES ? this.bytes * SMALL_PART : 0;
    return Math.max(0, this.bytes - kept - this.#taken);
  }

  /**
   * An empty share for one request; to be disposed of when nothing of its body is needed any more.
   * @param expected bytes that it is to have
   */
  open(expected: number): BodyShare {
    let held = 0;
    return {
      resize: (bytes) => {
        if (bytes - held > this.freeFor(expected)) return false;
        this.#taken += bytes - held;
        held = bytes;
        return true;
      },
      [Symbol.dispose]: () => {
        this.#taken -= held;
        held = 0;
      },
    };
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
