import type { Command } from 'commander';
import { addFleetOptions, type FleetFlags } from '../fleet-options.ts';
import type { SetExitCode } from '../program.ts';

export interface DestroyFlags extends FleetFlags {
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** `pixtral destroy`: deletes the stack, and looks afterwards for what is left. */
export function addDestroy(program: Command, setExitCode: SetExitCode): void {
  addFleetOptions(
    program
      .command('destroy')
      .description(
        'delete the stack and everything that the config does not keep, and check that nothing is left',
      )
      .option('--yes', 'do not ask for the stack name')
      .option('--json', 'print {"ok", "kept", "leftovers"} as JSON'),
  ).action(async (flags: DestroyFlags) => {
    const { destroy } = await import('../actions/destroy.ts');
    setExitCode(await destroy(flags));
  });
}
