import {
  ENGINES,
  type EngineName,
  formatReportTable,
  MUTANTS,
  type Mutant,
  type RehearsalOptions,
  type RehearsalResult,
  rehearse,
} from '@pixtral-fleet/rehearsal';
import { type Command, Option } from 'commander';
import { EXIT, UsageError } from '../exit-codes.ts';
import { interruptSignal } from '../interrupt.ts';
import type { SetExitCode } from '../program.ts';
import { createProgressView } from '../progress/progress-view.ts';
import { REPOSITORY } from '../repository.ts';

interface RehearseFlags {
  readonly engine: EngineName;
  readonly instances?: number;
  readonly drill: boolean;
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
    .option('--keep', 'leave the fleet running until Ctrl-C, and print how to reach it', false)
    .addOption(
      new Option('--mutant <name>', 'break it on purpose; the deployment must fail').choices(MUTANTS),
    )
    .option('--json', 'print the report as JSON on standard output, progress on standard error', false)
    .action(async (flags: RehearseFlags) => {
      setExitCode(await run(flags));
    });
}

async function run(flags: RehearseFlags): Promise<number> {
  const { signal, hurry } = interruptSignal();
  const options: RehearsalOptions = {
    repository: REPOSITORY,
    engine: flags.engine,
    instances: flags.instances,
    drill: flags.drill,
    keep: flags.keep,
    mutant: flags.mutant,
    signal,
    hurry,
  };
  const view = createProgressView({ stream: process.stderr });
  let result: RehearsalResult;
  try {
    result = await rehearse(options, (event) => view.update(event));
  } finally {
    view.close();
  }
  if (flags.json) console.log(JSON.stringify(result.report));
  else console.log(`\n${formatReportTable(result.report)}\n\nReport: ${result.htmlFile}`);
  if (result.failure) {
    const log = result.failure.logFile ? `\nlog: ${result.failure.logFile}` : '';
    console.error(`\nfailed in ${result.failure.step}: ${result.failure.reason}${log}`);
  }
  if (result.interrupted) return EXIT.interrupted;
  return result.report.ok ? EXIT.ok : EXIT.failed;
}

function parseCount(text: string): number {
  const count = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(count)) {
    throw new UsageError(`--instances must be a whole number, got ${JSON.stringify(text)}`);
  }
  return count;
}
