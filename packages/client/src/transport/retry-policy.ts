import { ApiError, ConnectionError } from '../errors/errors.ts';

const FIRST_BACKOFF_MS = 250;
const LONGEST_BACKOFF_MS = 8_000;

/** A server that asks for longer than this is not coming back within anybody's deadline. */
const LONGEST_RETRY_AFTER_MS = 60_000;

/** 501 means "never"; the other server errors and these two may pass. */
export function isRetryableStatus(status: number): boolean {
  return status === 408 || status === 429 || (status >= 500 && status !== 501);
}

/**
 * Milliseconds to wait before the next attempt, or undefined when there must be none.
 *
 * Exponential backoff with full jitter; a `Retry-After` is waited for as told. At another endpoint there is nothing to
 * wait for. Gives up when the wait would not end before the deadline.
 *
 * @param attempt number of attempts made so far, at least 1
 */
export function planRetry(options: {
  readonly error: unknown;
  readonly attempt: number;
  readonly retries: number;
  readonly remainingMs: number;
  /** Whether another endpoint is well. */
  readonly elsewhere: boolean;
  readonly random: () => number;
}): number | undefined {
  const { error, attempt, retries, remainingMs } = options;
  if (attempt > retries) return undefined;
  const transient = error instanceof ConnectionError || (error instanceof ApiError && error.retryable);
  if (!transient) return undefined;
  if (options.elsewhere) return 0;
  const asked = error instanceof ApiError ? error.retryAfterMs : undefined;
  const backoff = Math.min(FIRST_BACKOFF_MS * 2 ** (attempt - 1), LONGEST_BACKOFF_MS) * options.random();
  const waitMs = asked ?? backoff;
  return waitMs > LONGEST_RETRY_AFTER_MS || waitMs >= remainingMs ? undefined : waitMs;
}

/** `Retry-After` in milliseconds: seconds or an HTTP date (RFC 9110 §10.2.3); undefined for anything else. */
export function parseRetryAfter(value: string | undefined, now: number): number | undefined {
  if (value === undefined) return undefined;
  const text = value.trim();
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1_000;
  if (!/[a-z]/i.test(text)) return undefined;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
