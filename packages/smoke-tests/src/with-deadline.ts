import { DeadlineError } from './errors.ts';

export interface DeadlineOptions {
  /** Milliseconds. */
  readonly deadlineMs: number;
  /** Ends it early, with the signal's own reason. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs `block` with a signal that aborts at the deadline or with the caller's signal. Rejects at that moment even if the
 * block takes no notice: with a DeadlineError, or with the reason of the caller's signal.
 */
export async function withDeadline<T>(
  { deadlineMs, signal }: DeadlineOptions,
  block: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted();
  const controller = new AbortController();
  const end = Promise.withResolvers<never>();
  const stop = (reason: unknown): void => {
    // In this order: a block that gives up at once must not hide why.
    end.reject(reason);
    controller.abort(reason);
  };
  const timer = setTimeout(() => stop(new DeadlineError(deadlineMs)), deadlineMs);
  const onAbort = (): void => stop(signal?.reason);
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([block(controller.signal), end.promise]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  }
}
