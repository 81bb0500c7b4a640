import type { Command } from 'commander';
import type { SetExitCode } from '../program.ts';

export interface LockFlags {
  readonly config?: string;
  readonly file?: string;
  readonly all?: boolean;
  readonly runtime?: boolean;
  readonly check?: boolean;
  readonly json?: boolean;
}

/** `pixtral lock`: which commits and packages the next deployment takes. */
export function addLock(program: Command, setExitCode: SetExitCode): void {
  program
    .command('lock')
    .description('pin the checkpoints to what the hub holds now, and show what that changes')
    .option(
      '--config <file>',
      'config whose checkpoints are pinned (default: pixtral.config.ts of the repository)',
    )
    .option('--file <file>', 'lock file (default: pixtral.lock.json of the repository, which synth reads)')
    .option('--all', 'pin every checkpoint of the catalog')
    .option('--runtime', 'resolve the packages of the runtime anew as well (needs uv)')
    .option('--check', 'write nothing; exit code 1 when something would change')
    .option('--json', 'print what changes as JSON')
    .action(async (flags: LockFlags) => {
      const { lock } = await import('../actions/lock.ts');
      setExitCode(await lock(flags));
    });
}
