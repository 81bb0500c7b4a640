import type { Command } from 'commander';
import { addFleetOptions, type FleetFlags } from '../fleet-options.ts';
import type { SetExitCode } from '../program.ts';

export interface RollbackFlags extends FleetFlags {
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** `pixtral rollback`: back to the version before; never forward. */
export function addRollback(program: Command, setExitCode: SetExitCode): void {
  addFleetOptions(
    program
      .command('rollback')
      .description('take back the deployment under way, or deploy the template before the present one again')
      .option('--yes', 'do not ask')
      .option('--json', 'print {"ok", "step", "stackStatus"}, with "failure" when it failed'),
  ).action(async (flags: RollbackFlags) => {
    const { rollback } = await import('../actions/rollback.ts');
    setExitCode(await rollback(flags));
  });
}
