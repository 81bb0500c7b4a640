/** The memory for request bodies that all requests share: what does not fit is refused, and nothing waits for room. */
export class BodyBudget {
  readonly bytes: number;
  #taken = 0;

  /** @param bytes held at most at the same time */
  constructor(bytes: number) {
    this.bytes = bytes;
  }

  get free(): number {
    return this.bytes - this.#taken;
  }

  /** An empty share for one request; to be disposed of when nothing of its body is needed any more. */
  open(): BodyShare {
    let held = 0;
    return {
      resize: (bytes) => {
        if (bytes - held > this.free) return false;
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
