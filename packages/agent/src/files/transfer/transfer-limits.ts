/** How patient a transfer is; milliseconds. */
export interface TransferLimits {
  readonly connectMs: number;
  /** A connection that says nothing for so long is given up. */
  readonly silenceMs: number;
  /** A part is not called slow before this. */
  readonly slowMs: number;
  /** Pause before the second attempt at a part; it doubles with each, up to the longest. */
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
  /** How long S3 may answer one part with 5xx: a storm of `503 Slow Down` passes, and a boot has minutes. */
  readonly busyMs: number;
}

export const TRANSFER_LIMITS: TransferLimits = {
  connectMs: 10_000,
  silenceMs: 30_000,
  slowMs: 15_000,
  firstPauseMs: 200,
  longestPauseMs: 10_000,
  busyMs: 180_000,
};
