import { PixtralError } from '@pixtral-fleet/client';
import { ConfigError } from '@pixtral-fleet/infra/config';
import { RehearsalError } from '@pixtral-fleet/rehearsal';
import { CouldNotRunError } from '@pixtral-fleet/smoke-tests';
import { EXIT, type ExitCode, UsageError } from './exit-codes.ts';

/** One message for a person. Only an unexpected error shows its stack: that is a defect to be reported. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return `error: ${String(error)}`;
  if (!isExpected(error)) return `unexpected ${error.stack ?? error.message}`;
  const log = error instanceof RehearsalError && error.logFile ? `\nlog: ${error.logFile}` : '';
  return `error: ${error.message}${log}`;
}

export function exitCodeOf(error: unknown): ExitCode {
  return error instanceof PixtralError ? EXIT.failed : EXIT.couldNotRun;
}

function isExpected(error: Error): boolean {
  return (
    error instanceof UsageError ||
    error instanceof ConfigError ||
    error instanceof CouldNotRunError ||
    error instanceof PixtralError ||
    error instanceof RehearsalError ||
    error instanceof RangeError ||
    // Node's own errors of the file system and the network say what and where.
    'syscall' in error
  );
}
