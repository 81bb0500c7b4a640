import { CommanderError } from 'commander';
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
    const { describeError } = await import('./describe-error.ts');
    const { message, exitCode: code } = await describeError(error);
    console.error(message);
    return code;
  }
}
