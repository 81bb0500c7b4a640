import type { CheckContext } from './check.ts';
import { CheckFailure } from './errors.ts';

/** A request that the typed client would rightly never send. */
export interface RawRequest {
  readonly method: 'GET' | 'POST';
  /** Below the endpoint's URL, beginning with a slash. */
  readonly path: string;
  /** Sent as JSON. @default - no body */
  readonly body?: unknown;
  /** Replaces the right key; null sends none. @default - the fleet's key */
  readonly apiKey?: string | null;
}

/** What came back, whatever the status. */
export interface RawAnswer {
  /** Such as `GET /metrics`. */
  readonly name: string;
  readonly status: number;
  readonly body: string;
  /** Milliseconds until the whole body was there. */
  readonly ms: number;
}

/**
 * Sends once, follows no redirect, judges nothing.
 * @throws CheckFailure when no answer came, with the system's reason.
 */
export async function sendRaw(
  { endpoint, signal }: Pick<CheckContext, 'endpoint' | 'signal'>,
  { method, path, body, apiKey = endpoint.apiKey }: RawRequest,
): Promise<RawAnswer> {
  const name = `${method} ${path}`;
  const startedAt = performance.now();
  try {
    const response = await fetch(`${endpoint.url}${path}`, {
      method,
      redirect: 'manual',
      signal,
      headers: {
        ...(apiKey === null ? {} : { authorization: `Bearer ${apiKey}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { name, status: response.status, body: text, ms: Math.round(performance.now() - startedAt) };
  } catch (error) {
    signal.throwIfAborted();
    throw new CheckFailure(`${name}: no answer: ${reasonOf(error)}`);
  }
}

/** `fetch` says "fetch failed"; what happened is in its cause, and for several addresses in the causes of that. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? reasonOf(error.cause) : error.message || error.name;
}
