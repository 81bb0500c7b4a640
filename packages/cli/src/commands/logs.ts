import type { Command } from 'commander';
import { addFleetOptions, type FleetFlags } from '../fleet-options.ts';

export interface LogsFlags extends FleetFlags {
  readonly instance?: string;
  readonly request?: string;
  readonly level?: string;
  readonly phase?: string;
  readonly summary?: boolean;
  readonly since: string;
  readonly follow?: boolean;
  readonly engine?: boolean;
  readonly seeder?: boolean;
  readonly verification?: boolean;
  readonly json?: boolean;
}

/** `pixtral logs`: what instances, the seeder's build or the verification have logged. */
export function addLogs(program: Command): void {
  addFleetOptions(
    program
      .command('logs')
      .description('logs of the agents (or the model servers, the seeder, the verification)')
      .option('--instance <id>', 'of this instance alone')
      .option('--request <id>', 'of this request alone, by its X-Request-Id or trace id; model servers too')
      .option('--level <level>', 'this level or worse: debug, info, warn, error, fatal')
      .option('--phase <name>', 'written in this boot phase, such as engine-start; model servers too')
      .option('--summary', 'what requests came to: statuses, refusals and why, times, tokens, keys')
      .option('--since <time>', 'from 30s, 10m, 2h, 1d ago, or an ISO 8601 time', '10m')
      .option('--follow', 'go on until Ctrl-C')
      .option('--engine', 'what the model servers printed')
      .option('--seeder', 'the last build that filled the bucket, from its beginning')
      .option('--verification', 'what the verification Lambda logged')
      .option('--json', 'print [{"at", "stream", "text"}], or the summary, as JSON'),
  ).action(async (flags: LogsFlags) => {
    const { logs } = await import('../actions/logs.ts');
    await logs(flags);
  });
}
