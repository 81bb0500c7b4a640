import { spawn } from 'node:child_process';
import { dirname } from 'node:path';
import { CDK_APP, cdkCommand, INFRA_FOLDER } from '@pixtral-fleet/infra/cdk-command';
import type { Command } from 'commander';
import { EXIT } from '../exit-codes.ts';
import { interruptSignal } from '../interrupt.ts';
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
      setExitCode(await runCdk([...verb.args, ...passedOn]));
    });
}

async function runCdk(args: readonly string[]): Promise<number> {
  // Ctrl-C reaches the CDK command line by itself; this process waits for it to leave in order.
  const { signal } = interruptSignal();
  const { command, args: all } = cdkCommand(['--app', CDK_APP, ...args, '--no-notices']);
  const child = spawn(command, all, {
    cwd: INFRA_FOLDER,
    stdio: 'inherit',
    env: { ...process.env, PATH: `${dirname(process.execPath)}:${process.env.PATH ?? ''}` },
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', resolve);
  });
  if (signal.aborted) return EXIT.interrupted;
  return code === 0 ? EXIT.ok : EXIT.failed;
}
