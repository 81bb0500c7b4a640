import { Command } from 'commander';
import { addAsk } from './commands/ask.ts';
import { addBatch } from './commands/batch.ts';
import { addDeploy } from './commands/deploy.ts';
import { addDestroy } from './commands/destroy.ts';
import { addDoctor } from './commands/doctor.ts';
import { addInit } from './commands/init.ts';
import { addLock } from './commands/lock.ts';
import { addLogs } from './commands/logs.ts';
import { addPlan } from './commands/plan.ts';
import { addRehearse } from './commands/rehearse.ts';
import { addRollback } from './commands/rollback.ts';
import { addSecret } from './commands/secret.ts';
import { addSimulate } from './commands/simulate.ts';
import { addStatus } from './commands/status.ts';
import { addSynth } from './commands/synth.ts';
import { addTunnel } from './commands/tunnel.ts';
import { addVerify } from './commands/verify.ts';
import { EXIT } from './exit-codes.ts';

/** Tells the process its exit code; commands that succeed need not call it. */
export type SetExitCode = (code: number) => void;

/** All verbs. Each is one file: parse, call the package that does the work, print. */
export function createProgram(setExitCode: SetExitCode): Command {
  const program = new Command('pixtral')
    .description('Pixtral in your own AWS account: rehearse, deploy, verify, ask.')
    .version('0.1.0')
    .exitOverride()
    .showHelpAfterError('(add --help for the options)')
    .addHelpText(
      'after',
      `\nExit codes: ${EXIT.ok} well, ${EXIT.failed} checked and not well, ${EXIT.couldNotRun} could not run, ${EXIT.interrupted} interrupted.`,
    );
  addRehearse(program, setExitCode);
  addInit(program, setExitCode);
  addDoctor(program, setExitCode);
  addPlan(program, setExitCode);
  addLock(program, setExitCode);
  addSynth(program, setExitCode);
  addDeploy(program, setExitCode);
  addStatus(program, setExitCode);
  addVerify(program, setExitCode);
  addTunnel(program);
  addAsk(program);
  addBatch(program, setExitCode);
  addLogs(program);
  addSecret(program);
  addRollback(program, setExitCode);
  addDestroy(program, setExitCode);
  addSimulate(program, setExitCode);
  // Subcommands inherit neither setting from the program.
  for (const command of allCommands(program))
    command.exitOverride().showHelpAfterError('(add --help for the options)');
  return program;
}

function allCommands(command: Command): readonly Command[] {
  return command.commands.flatMap((child) => [child, ...allCommands(child)]);
}
