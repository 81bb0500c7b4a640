import { AbortError, TimeoutError, type TimeoutPhase } from '../errors/errors.ts';

/**
 * One abort signal for all that can end a call early: the caller's signal and the client's own deadlines. One listener
 * on the caller's signal, removed by `dispose`: `AbortSignal.any` would keep every call alive on a long-lived signal.
 */
export class CallDeadlines {
  readonly #controller = new AbortController();
  readonly #callerSignal: AbortSignal | undefined;
  readonly #total: NodeJS.Timeout;
  readonly #endsAt: number;
  #silence: NodeJS.Timeout | undefined;

  constructor(options: { readonly timeoutMs: number; readonly signal?: AbortSignal | undefined }) {
    this.#callerSignal = options.signal;
    this.#endsAt = performance.now() + options.timeoutMs;
    this.#total = setTimeout(() => this.#timeOut('total', options.timeoutMs), options.timeoutMs);
    if (options.signal?.aborted) this.#onCallerAbort();
    else options.signal?.addEventListener('abort', this.#onCallerAbort, { once: true });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  remainingMs(): number {
    return this.#endsAt - performance.now();
  }

  /** Starts, or starts again, the time within which the next data event must come. */
  expectData(phase: 'first-token' | 'idle', timeoutMs: number): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#timeOut(phase, timeoutMs), timeoutMs);
  }

  /** Throws the reason for which the call was ended, if it was. */
  throwIfEnded(): void {
    if (this.signal.aborted) throw this.signal.reason;
  }

  /** Closes the connection of a call that is no longer wanted. */
  cancel(): void {
    this.#controller.abort(new AbortError('the stream was not read to its end'));
    this.dispose();
  }

  dispose(): void {
    clearTimeout(this.#total);
    clearTimeout(this.#silence);
    this.#callerSignal?.removeEventListener('abort', this.#onCallerAbort);
  }

  readonly #onCallerAbort = (): void => {
    this.#controller.abort(
      new AbortError('the caller aborted the request', { cause: this.#callerSignal?.reason }),
    );
  };

  #timeOut(phase: TimeoutPhase, ms: number): void {
    const expected = {
      total: `no complete answer within ${ms} ms`,
      'first-token': `no first token within ${ms} ms`,
      idle: `no further token within ${ms} ms`,
    }[phase];
    this.#controller.abort(new TimeoutError(phase, expected));
  }
}
