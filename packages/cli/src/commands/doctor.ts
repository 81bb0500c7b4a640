import type { Command } from 'commander';
import type { SetExitCode } from '../program.ts';

export interface DoctorFlags {
  readonly config?: string;
  readonly profile?: string;
  readonly json?: boolean;
}

/** `pixtral doctor`: whether this machine and this account are ready for the config. */
export function addDoctor(program: Command, setExitCode: SetExitCode): void {
  program
    .command('doctor')
    .description(
      'check machine, credentials, quotas, offerings, image, hub: what a deployment would trip over',
    )
    .option('--config <file>', 'config to check for (default: pixtral.config.ts of the repository)')
    .option('--profile <name>', 'profile of the AWS configuration (default: AWS_PROFILE)')
    .option('--json', 'print the report as JSON')
    .action(async (flags: DoctorFlags) => {
      const { doctor } = await import('../actions/doctor.ts');
      setExitCode(await doctor(flags));
    });
}
