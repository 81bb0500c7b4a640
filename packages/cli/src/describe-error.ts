import { EXIT, type ExitCode, UsageError } from './exit-codes.ts';

/** What `main` tells the user and the shell about an error. */
export interface DescribedError {
  /** One message for a person. Only an unexpected error shows its stack: that is a defect to be reported. */
  readonly message: string;
  readonly exitCode: ExitCode;
}

export async function describeError(error: unknown): Promise<DescribedError> {
  if (!(error instanceof Error)) return { message: `error: ${String(error)}`, exitCode: EXIT.couldNotRun };
  if (isSelfExplaining(error)) return { message: `error: ${error.message}`, exitCode: EXIT.couldNotRun };
  // Imported only now: a command that succeeds does not pay for the packages that it does not use.
  const [
    { PixtralError },
    { ConfigError },
    { OperatorError },
    { RehearsalError },
    { CouldNotRunError },
    { explainAwsError },
  ] = await Promise.all([
    import('@pixtral-fleet/client'),
    import('@pixtral-fleet/infra/config'),
    import('@pixtral-fleet/operator/operator-error'),
    import('@pixtral-fleet/rehearsal/failure'),
    import('@pixtral-fleet/smoke-tests'),
    import('@pixtral-fleet/operator/explain-aws-error'),
  ]);
  const fromAws = explainAwsError(error);
  if (fromAws !== undefined) return { message: `error: ${fromAws}`, exitCode: EXIT.couldNotRun };
  if (error instanceof PixtralError) return { message: `error: ${error.message}`, exitCode: EXIT.failed };
  const expected =
    error instanceof ConfigError ||
    error instanceof OperatorError ||
    error instanceof CouldNotRunError ||
    error instanceof RehearsalError;
  if (!expected) return { message: `unexpected ${error.stack ?? error.message}`, exitCode: EXIT.couldNotRun };
  const log = error instanceof RehearsalError && error.logFile ? `\nlog: ${error.logFile}` : '';
  return { message: `error: ${error.message}${log}`, exitCode: EXIT.couldNotRun };
}

/** Node's own errors of the file system and the network say what and where. */
function isSelfExplaining(error: Error): boolean {
  return error instanceof UsageError || error instanceof RangeError || 'syscall' in error;
}
