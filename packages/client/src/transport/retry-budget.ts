/** Retries that a client may make at once, before any success earned it more. */
const CAPACITY = 100;

/** What a success earns: in the long run one retry for ten successes. */
const EARNED_BY_SUCCESS = 0.1;

/**
 * Keeps a client from multiplying an outage: a bucket of tokens of which each retry takes one and each success puts back
 * a tenth. While nothing succeeds a client makes at most 100 retries, however many calls it is given; after that each
 * call is one request until successes have earned more.
 */
export class RetryBudget {
  #tokens = CAPACITY;

  succeeded(): void {
    if (this.#tokens < CAPACITY) this.#tokens = Math.min(CAPACITY, this.#tokens + EARNED_BY_SUCCESS);
  }

  /** Takes a retry; false when there is none left. */
  take(): boolean {
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
