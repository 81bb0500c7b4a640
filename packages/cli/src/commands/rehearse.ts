import { ENGINES, type EngineName, MUTANTS, type Mutant } from '@pixtral-fleet/rehearsal/options';
import { type Command, Option } from 'commander';
import { UsageError } from '../exit-codes.ts';
import type { SetExitCode } from '../program.ts';

export interface RehearseFlags {
  readonly engine: EngineName;
  readonly instances?: number;
  readonly drill: boolean;
  readonly update: boolean;
  readonly keep: boolean;
  readonly json: boolean;
  readonly mutant?: Mutant;
}

/** `pixtral rehearse`: the whole cloud on this machine. */
export function addRehearse(program: Command, setExitCode: SetExitCode): void {
  program
    .command('rehearse')
    .description(
      'deploy, boot, balance, ask, break and destroy the whole fleet on this machine (no AWS account, no GPU)',
    )
    .addOption(
      new Option(
        '--engine <name>',
        'model servers: simulated, or vLLM itself on the CPU with a small model (built once, about 3 minutes, 14 GB)',
      )
        .choices(ENGINES)
        .default('simulated'),
    )
    .option(
      '--instances <number>',
      'instances that the group is asked for (default: 2, with vllm 1)',
      parseCount,
    )
    .option('--no-drill', 'do not terminate an instance and kill a model server under load')
    .option('--update', 'in place of the drill: change an engine flag and deploy again under load', false)
    .option('--keep', 'leave the fleet running until Ctrl-C, and print how to reach it', false)
    .addOption(
      new Option('--mutant <name>', 'break it on purpose; the deployment must fail').choices(MUTANTS),
    )
    .option('--json', 'print the report as JSON on standard output, progress on standard error', false)
    .action(async (flags: RehearseFlags) => {
      const { rehearse } = await import('../actions/rehearse.ts');
      setExitCode(await rehearse(flags));
    });
}

function parseCount(text: string): number {
  const count = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(count)) {
    throw new UsageError(`--instances must be a whole number, got ${JSON.stringify(text)}`);
  }
  return count;
}
