import {
  ApiError,
  ConnectionError,
  IncompleteStreamError,
  StreamError,
  TimeoutError,
} from '../errors/errors.ts';

/** What a failed attempt says about the item and about the server. */
export type Failure =
  /** The item's own fault, such as a broken picture: sent again it fails again. */
  | { readonly kind: 'item' }
  /** The server has no room: wait as told and send fewer. */
  | { readonly kind: 'capacity'; readonly retryAfterMs: number | undefined }
  /** The connection or the server broke; the cause may yet be the item, if it breaks every time. */
  | { readonly kind: 'broken' }
  /** The client's own deadline: a sign of overload, not sent again since the server may still work on it. */
  | { readonly kind: 'timeout' }
  /** All items will be refused alike. */
  | { readonly kind: 'refused' };

/** Statuses that speak of the key, the path or the model, never of a picture. */
const REFUSED: ReadonlySet<number> = new Set([401, 403, 404, 405]);

const CAPACITY: ReadonlySet<number> = new Set([429, 503]);

/** Pure. Anything unknown is the item's: work functions throw what they like. */
export function classifyFailure(error: unknown): Failure {
  if (error instanceof ApiError) {
    const { status, retryAfterMs, retryable } = error;
    if (REFUSED.has(status)) return { kind: 'refused' };
    if (CAPACITY.has(status)) return { kind: 'capacity', retryAfterMs };
    return { kind: retryable ? 'broken' : 'item' };
  }
  if (error instanceof TimeoutError) return { kind: 'timeout' };
  const broken =
    error instanceof ConnectionError ||
    error instanceof IncompleteStreamError ||
    error instanceof StreamError;
  return { kind: broken ? 'broken' : 'item' };
}

/** Equal for failures that have the same cause: what differs by itself from call to call is left out. */
export function failureKey(error: unknown): string {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  const status = error instanceof ApiError ? error.status : '';
  return [name, status, message.replaceAll(/0x[0-9a-f]+/gi, '0x')].join(' ');
}
