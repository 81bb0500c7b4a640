import type { Command } from 'commander';
import { UsageError } from '../exit-codes.ts';
import type { SetExitCode } from '../program.ts';

export interface SimulateFlags {
  readonly port: number;
  readonly model: string;
  readonly apiKey?: string;
}

/** `pixtral simulate`: a model server without a model, for trying a client. */
export function addSimulate(program: Command, setExitCode: SetExitCode): void {
  program
    .command('simulate')
    .description(
      'start a model server that answers like vLLM and decides from the pixels (no GPU, no weights)',
    )
    .requiredOption('--port <number>', 'TCP port of 127.0.0.1', parsePort)
    .option('--model <name>', 'served model name', 'pixtral-12b')
    .option('--api-key <key>', 'API key that requests must carry')
    .action(async (flags: SimulateFlags) => {
      const { simulate } = await import('../actions/simulate.ts');
      setExitCode(await simulate(flags));
    });
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new UsageError(`--port must be a whole number from 1 to 65535, got ${JSON.stringify(text)}`);
  }
  return port;
}
