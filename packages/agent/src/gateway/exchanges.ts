import { Refusal } from './refusal.ts';

/** The requests that are at the engine: counted, ended together, waited for. */
export class Exchanges {
  readonly #open = new Set<AbortController>();
  readonly #waiting = new Set<() => void>();

  get count(): number {
    return this.#open.size;
  }

  /** Registers one; `done` must be called exactly when its answer has been passed on or given up. */
  begin(): { readonly controller: AbortController; readonly done: () => void } {
    const controller = new AbortController();
    this.#open.add(controller);
    return {
      controller,
      done: () => {
        this.#open.delete(controller);
        if (this.#open.size > 0) return;
        for (const resolve of this.#waiting) resolve();
        this.#waiting.clear();
      },
    };
  }

  /** Ends all of them with an error that their clients are told. */
  failAll(message: string): void {
    const refusal = new Refusal(503, message, { retryAfterSeconds: 1 });
    for (const controller of this.#open) controller.abort(refusal);
  }

  /** Resolves when none is open, or when the signal aborts. */
  whenIdle(signal?: AbortSignal): Promise<void> {
    if (this.#open.size === 0 || signal?.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting.add(resolve);
      signal?.addEventListener('abort', () => resolve(), { once: true });
    });
  }
}
