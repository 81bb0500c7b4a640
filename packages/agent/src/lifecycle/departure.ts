/** Who makes an instance go. */
export type DepartureCause =
  /** Its Auto Scaling group: scale-in, instance refresh, rebalancing, replacement. Waits, or will wait, in the terminate hook. */
  | 'group'
  /** EC2, which takes a Spot instance back. */
  | 'spot'
  /** The process was told to end: shutdown, reboot, or a person. */
  | 'process';

export interface Departure {
  readonly cause: DepartureCause;
  readonly reason: string;
  /** When the machine will be gone, on the clock of `performance.now()`; undefined where nobody has said. */
  readonly goneAtMs?: number;
}

/** EC2 gives a Spot instance so long from its notice. */
const SPOT_NOTICE_MS = 120_000;

/**
 * The departure of a Spot notice. Its time is on EC2's clock: one that is over already, or further away than notices are
 * given, tells of a clock of this machine that is wrong, and the notice is then taken to have come this moment.
 * @param takenAt as the notice says; undefined or invalid where it does not
 */
export function spotDeparture(
  takenAt: Date | undefined,
  now: { readonly wallMs: number; readonly steadyMs: number } = {
    wallMs: Date.now(),
    steadyMs: performance.now(),
  },
): Departure {
  const leftMs = (takenAt?.getTime() ?? Number.NaN) - now.wallMs;
  const isUsable = leftMs > 0 && leftMs <= SPOT_NOTICE_MS;
  return {
    cause: 'spot',
    reason: 'EC2 takes this Spot instance back',
    goneAtMs: now.steadyMs + (isUsable ? leftMs : SPOT_NOTICE_MS),
  };
}
