/** The checks cannot be run at all: a mistake in what they were given, not a fault of the fleet. */
export class CouldNotRunError extends Error {
  override readonly name = 'CouldNotRunError' as const;
}

/** What a check found wrong. Not a defect of the check. */
export class CheckFailure extends Error {
  override readonly name = 'CheckFailure' as const;
  /** What to do, where this case differs from the check's own advice. */
  readonly advice: string | undefined;
  /** Why no later check can pass either. Set it only where running them would tell nothing more. */
  readonly hopeless: string | undefined;

  constructor(evidence: string, options: { readonly advice?: string; readonly hopeless?: string } = {}) {
    super(evidence);
    this.advice = options.advice;
    this.hopeless = options.hopeless;
  }
}

/** Something took longer than it may. */
export class DeadlineError extends Error {
  override readonly name = 'DeadlineError' as const;
  readonly deadlineMs: number;

  constructor(deadlineMs: number) {
    super(`not done within its deadline of ${deadlineMs / 1000} s`);
    this.deadlineMs = deadlineMs;
  }
}
