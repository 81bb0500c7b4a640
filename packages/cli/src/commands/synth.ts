import type { Command } from 'commander';
import type { SetExitCode } from '../program.ts';

/** `pixtral synth`: the CloudFormation template of the config, from AWS look-ups that are cached in `cdk.context.json`. */
export function addSynth(program: Command, setExitCode: SetExitCode): void {
  program
    .command('synth')
    .description('make the CloudFormation template of pixtral.config.ts (packages/infra/cdk.out)')
    .argument('[cdk-options...]', 'passed on to the pinned CDK command line, after --')
    .action(async (cdkOptions: readonly string[]) => {
      const { runCdk } = await import('../actions/run-cdk.ts');
      setExitCode(await runCdk(['synth', '--quiet', ...cdkOptions]));
    });
}
