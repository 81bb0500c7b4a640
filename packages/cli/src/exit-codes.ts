/** What the exit code of every `pixtral` command means. */
export const EXIT = {
  /** Done, and all is well. */
  ok: 0,
  /** It ran, and what it looked at is not well: a check failed, a deployment failed, a request was refused. */
  failed: 1,
  /** It could not run: wrong usage, wrong config, something missing on this machine. */
  couldNotRun: 2,
  /** Ended by Ctrl-C, after cleaning up (128 + SIGINT). */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** A mistake that the user can mend: printed without a stack, exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError' as const;
}
