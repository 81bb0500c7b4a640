/** What one check found. */
export interface CheckResult {
  readonly name: string;
  readonly ok: boolean;
  /** Milliseconds; 0 when it was not run. */
  readonly ms: number;
  /** What was seen, in one line. */
  readonly evidence: string;
  /** What to do next; only when it failed. */
  readonly advice?: string;
}

/** What all checks found: the JSON of `pixtral verify --json`. */
export interface SmokeReport {
  readonly version: 1;
  readonly ok: boolean;
  /** Base URL, as it was given. */
  readonly endpoint: string;
  readonly model: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  /** Milliseconds, all checks together. */
  readonly ms: number;
  /** In the order in which they ran. */
  readonly checks: readonly CheckResult[];
}
