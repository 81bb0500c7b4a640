import type { Command } from 'commander';
import { addFleetOptions, type FleetFlags } from '../fleet-options.ts';
import type { SetExitCode } from '../program.ts';

export interface StatusFlags extends FleetFlags {
  readonly json?: boolean;
  readonly watch?: boolean;
}

/** `pixtral status`: how the fleet stands; exit code 1 when something is not as it should be. */
export function addStatus(program: Command, setExitCode: SetExitCode): void {
  addFleetOptions(
    program
      .command('status')
      .description('instances with phase, gate, version and load; refreshes, refused launches, alarms')
      .option('--watch', 'look again every 5 seconds until Ctrl-C')
      .option('--json', 'print the status as JSON'),
  ).action(async (flags: StatusFlags) => {
    const { status } = await import('../actions/status.ts');
    setExitCode(await status(flags));
  });
}
