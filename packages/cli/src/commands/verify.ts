import type { Command } from 'commander';
import { addEndpointOptions, type EndpointFlags } from '../endpoint-options.ts';
import { addFleetOptions, type FleetFlags } from '../fleet-options.ts';
import type { SetExitCode } from '../program.ts';

export interface VerifyFlags extends EndpointFlags, FleetFlags {
  readonly inVpc?: boolean;
  readonly json?: boolean;
}

/** `pixtral verify`: the smoke tests against a running fleet, from here or from inside its VPC. */
export function addVerify(program: Command, setExitCode: SetExitCode): void {
  addFleetOptions(
    addEndpointOptions(
      program
        .command('verify')
        .description('check that a fleet really serves: models, keys, text, pictures, streams, refusals')
        .option('--in-vpc', "let the stack's own Lambda check it from inside the VPC")
        .option('--json', 'print the report as JSON'),
    ),
  ).action(async (flags: VerifyFlags) => {
    const { verify } = await import('../actions/verify.ts');
    setExitCode(await verify(flags));
  });
}
