const LONGEST_BACKOFF_MS = 30_000;

/** A server that asks for longer is asked again after this. */
const LONGEST_PAUSE_MS = 300_000;

/**
 * Milliseconds until the next attempt: exponential, and half of it random, so that those that failed together do not
 * come back together.
 * @param attempt number of attempts made so far, at least 1
 */
export function backoff(attempt: number, firstMs: number): number {
  const full = Math.min(firstMs * 2 ** (attempt - 1), LONGEST_BACKOFF_MS);
  return full * (0.5 + Math.random() / 2);
}

/** What waits to be sent again, and a pause of everything while the server has asked for one. Pure: the clock is passed in. */
export class RetryQueue<Task> {
  readonly #waiting = new Map<Task, number>();
  #pausedUntil = 0;

  get size(): number {
    return this.#waiting.size;
  }

  /** @param options.askedMs what the server asked for, in the place of the backoff; all others wait for it too */
  add(
    task: Task,
    options: { readonly now: number; readonly askedMs: number | undefined; readonly backoffMs: number },
  ): void {
    const { now, askedMs, backoffMs } = options;
    const at = now + Math.min(askedMs ?? backoffMs, LONGEST_PAUSE_MS);
    if (askedMs !== undefined) this.#pausedUntil = Math.max(this.#pausedUntil, at);
    this.#waiting.set(task, at);
  }

  isPaused(now: number): boolean {
    return now < this.#pausedUntil;
  }

  /** Takes out one whose time has come. */
  takeDue(now: number): Task | undefined {
    for (const [task, at] of this.#waiting) {
      if (at > now) continue;
      this.#waiting.delete(task);
      return task;
    }
    return undefined;
  }

  /** When there may be something to send again; infinite when nothing but an answer can bring that about. */
  nextAt(now: number): number {
    if (this.isPaused(now)) return this.#pausedUntil;
    const future = [...this.#waiting.values()].filter((at) => at > now);
    return Math.min(...future);
  }
}
