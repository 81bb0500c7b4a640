/** Why a rehearsal stopped: shown to the user without a stack, with the log that tells more. */
export class RehearsalError extends Error {
  override readonly name = 'RehearsalError' as const;
  /** File to read for the whole story, if there is one. */
  readonly logFile: string | undefined;

  constructor(
    message: string,
    options: { readonly logFile?: string | undefined; readonly cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.logFile = options.logFile;
  }
}

/** The user asked for the end (Ctrl-C): not a failure of the fleet, yet not a success. */
export class RehearsalInterrupted extends Error {
  override readonly name = 'RehearsalInterrupted' as const;

  constructor() {
    super('interrupted');
  }
}
