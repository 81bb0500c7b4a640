import type { Command } from 'commander';
import { addFleetOptions, type FleetFlags } from '../fleet-options.ts';
import type { SetExitCode } from '../program.ts';

export interface DeployFlags extends FleetFlags {
  readonly yes?: boolean;
  readonly skipDoctor?: boolean;
  readonly json?: boolean;
}

/** `pixtral deploy`: into the account of the AWS credentials; the stack verifies itself or is rolled back. */
export function addDeploy(program: Command, setExitCode: SetExitCode): void {
  addFleetOptions(
    program
      .command('deploy')
      .description('deploy into the AWS account of your credentials; the stack verifies itself or rolls back')
      .argument('[cdk-options...]', 'passed on to the pinned CDK command line, after --')
      .option('--yes', 'do not ask')
      .option('--skip-doctor', 'deploy without looking at quotas, bootstrap and secrets first')
      .option('--json', 'print {"ok", "outputs"} or {"ok", "failure"} as JSON'),
  ).action(async (cdkOptions: readonly string[], flags: DeployFlags) => {
    const { deploy } = await import('../actions/deploy.ts');
    setExitCode(await deploy(cdkOptions, flags));
  });
}
