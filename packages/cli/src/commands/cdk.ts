import type { Command } from 'commander';
import type { SetExitCode } from '../program.ts';

/** `pixtral synth`: the CloudFormation template of the config, from AWS look-ups that are cached in `cdk.context.json`. */
export function addSynth(program: Command, setExitCode: SetExitCode): void {
  addCdkVerb(program, setExitCode, {
    verb: 'synth',
    description: 'make the CloudFormation template of pixtral.config.ts (packages/infra/cdk.out)',
    args: ['synth', '--quiet'],
  });
}

/** `pixtral deploy`: the real deployment into the account of the current AWS credentials. */
export function addDeploy(program: Command, setExitCode: SetExitCode): void {
  addCdkVerb(program, setExitCode, {
    verb: 'deploy',
    description: 'deploy into the AWS account of your credentials; the stack verifies itself or rolls back',
    args: ['deploy', '--outputs-file', 'cdk-outputs.json'],
  });
}

/** `pixtral destroy`: deletes the stack. */
export function addDestroy(program: Command, setExitCode: SetExitCode): void {
  addCdkVerb(program, setExitCode, {
    verb: 'destroy',
    description: 'delete the stack and everything that the config does not keep',
    args: ['destroy'],
  });
}

function addCdkVerb(
  program: Command,
  setExitCode: SetExitCode,
  verb: { readonly verb: string; readonly description: string; readonly args: readonly string[] },
): void {
  program
    .command(verb.verb)
    .description(verb.description)
    .argument('[cdk-options...]', 'passed on to the pinned CDK command line, after --')
    .action(async (passedOn: readonly string[]) => {
      const { runCdk } = await import('../actions/run-cdk.ts');
      setExitCode(await runCdk([...verb.args, ...passedOn]));
    });
}
