import type { Command } from 'commander';
import { addEndpointOptions, type EndpointFlags } from '../endpoint-options.ts';
import type { SetExitCode } from '../program.ts';

export interface VerifyFlags extends EndpointFlags {
  readonly json?: boolean;
}

/** `pixtral verify`: the smoke tests against a running fleet. */
export function addVerify(program: Command, setExitCode: SetExitCode): void {
  addEndpointOptions(
    program
      .command('verify')
      .description('check that a fleet really serves: models, keys, text, pictures, streams, refusals')
      .option('--json', 'print the report as JSON'),
  ).action(async (flags: VerifyFlags) => {
    const { verify } = await import('../actions/verify.ts');
    setExitCode(await verify(flags));
  });
}
