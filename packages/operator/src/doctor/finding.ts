/**
 * - `ok`: nothing to do.
 * - `warn`: it works today, or it could not be told whether it does.
 * - `fail`: a deployment would fail, or do something that nobody wants.
 * - `skipped`: not needed for this config, or not possible from here; `found` says which.
 */
export type Verdict = 'ok' | 'warn' | 'fail' | 'skipped';

/** What a check came to. */
export interface Finding {
  readonly verdict: Verdict;
  /** What was looked at, and what was there. */
  readonly found: string;
  /** What to do about it: a command to paste, or a sentence. @default - nothing to do */
  readonly remedy?: string | undefined;
}

/** A finding with the check that made it. */
export interface CheckReport extends Finding {
  readonly id: string;
  readonly ms: number;
}

export const ok = (found: string): Finding => ({ verdict: 'ok', found });
export const skipped = (found: string): Finding => ({ verdict: 'skipped', found });
export const warn = (found: string, remedy?: string): Finding => ({ verdict: 'warn', found, remedy });
export const fail = (found: string, remedy: string): Finding => ({ verdict: 'fail', found, remedy });
