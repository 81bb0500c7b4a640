import type { Failure } from './classify-failure.ts';

export const DEFAULT_ATTEMPTS = 6;

/** What becomes of an item after an attempt that failed. */
export type Next =
  /** After what the server asked for, else after the backoff; `anew`: the attempts so far no longer count. */
  | { readonly do: 'again'; readonly afterMs: number | undefined; readonly anew: boolean }
  /** The item failed. */
  | { readonly do: 'record' }
  /** The item failed, if the server answers anything; else the batch ends. */
  | { readonly do: 'record-if-alive' }
  | { readonly do: 'end-batch' };

/**
 * Pure. An item may be at fault for a broken connection (a picture that kills the server), never for a lack of
 * capacity: as long as others are answered, that is waited out.
 */
export function decideNext(
  failure: Failure,
  options: {
    /** Attempts of the item that count, at least 1. */
    readonly attempts: number;
    readonly most: number;
    /** Whether any other item was answered since the first of them. */
    readonly othersAnswered: boolean;
  },
): Next {
  const { attempts, most, othersAnswered } = options;
  if (failure.kind === 'refused') return { do: 'end-batch' };
  if (failure.kind === 'item' || failure.kind === 'timeout') return { do: 'record' };
  const afterMs = failure.kind === 'capacity' ? failure.retryAfterMs : undefined;
  if (attempts < most) return { do: 'again', afterMs, anew: false };
  if (failure.kind === 'capacity') {
    return othersAnswered ? { do: 'again', afterMs, anew: true } : { do: 'end-batch' };
  }
  return { do: othersAnswered ? 'record' : 'record-if-alive' };
}
