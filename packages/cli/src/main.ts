import { CommanderError } from 'commander';
import { describeError, exitCodeOf } from './describe-error.ts';
import { EXIT } from './exit-codes.ts';
import { createProgram } from './program.ts';

/** Runs one `pixtral` command and returns its exit code. Prints errors for people: no stack for a user's mistake. */
export async function main(args: readonly string[]): Promise<number> {
  let exitCode: number = EXIT.ok;
  const program = createProgram((code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    // commander has printed its own message: help and version leave with 0, wrong usage with 2.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.couldNotRun;
    console.error(describeError(error));
    return exitCodeOf(error);
  }
}
