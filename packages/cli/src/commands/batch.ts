import type { Command } from 'commander';
import { addEndpointOptions, type EndpointFlags } from '../endpoint-options.ts';
import { addFleetOptions, type FleetFlags } from '../fleet-options.ts';
import { parsePositive } from '../parse-positive.ts';
import type { SetExitCode } from '../program.ts';

export interface BatchFlags extends EndpointFlags, FleetFlags {
  readonly out: string;
  readonly recursive?: boolean;
  readonly concurrency?: number;
  readonly maxTokens?: number;
  readonly schema?: string;
  readonly limit?: number;
  readonly retryFailed?: boolean;
  readonly json?: boolean;
}

/** `pixtral batch <folder|manifest> "<question>" --out <file>`: one question about many pictures. */
export function addBatch(program: Command, setExitCode: SetExitCode): void {
  addFleetOptions(
    addEndpointOptions(
      program
        .command('batch')
        .description('ask one question about many pictures; run again, it goes on where it ended')
        .argument(
          '<source>',
          'folder of pictures, or a .jsonl manifest: {"image" or "images", "question"?, "id"?} a line',
        )
        .argument('<question>', 'what to ask about each')
        .requiredOption('--out <file>', 'results, a line of JSON for each picture, and the checkpoint')
        .option('--recursive', 'pictures of folders within the folder too')
        .option(
          '--concurrency <number>',
          'most requests at a time; adapts below that (default: 64)',
          parsePositive('--concurrency'),
        )
        .option(
          '--max-tokens <number>',
          'most tokens of an answer (default: 512)',
          parsePositive('--max-tokens'),
        )
        .option('--schema <file>', 'JSON Schema that each answer must follow; answers are then JSON')
        .option('--limit <number>', 'only the first so many pictures', parsePositive('--limit'))
        .option('--retry-failed', 'ask those again that failed in an earlier run')
        .option('--json', 'print the summary as JSON'),
    ),
  ).action(async (source: string, question: string, flags: BatchFlags) => {
    const { batch } = await import('../actions/batch.ts');
    setExitCode(await batch(source, question, flags));
  });
}
