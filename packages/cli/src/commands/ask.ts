import type { Command } from 'commander';
import { addEndpointOptions, type EndpointFlags } from '../endpoint-options.ts';
import { addFleetOptions, type FleetFlags } from '../fleet-options.ts';

export interface AskFlags extends EndpointFlags, FleetFlags {
  readonly token?: string;
  readonly json?: boolean;
}

/** `pixtral ask <image> "<question>"`: one picture, one question, the answer on standard output. */
export function addAsk(program: Command): void {
  addFleetOptions(
    addEndpointOptions(
      program
        .command('ask')
        .description('ask the fleet about a picture')
        .argument('<image>', 'path of a PNG, JPEG, WebP or GIF file')
        .argument('<question>', 'what to ask about it')
        .option(
          '--token <jwt>',
          'token for a load balancer that checks one (default: PIXTRAL_TOKEN, better than the shell history)',
        )
        .option('--json', 'print {"question", "answer"}'),
    ),
  ).action(async (image: string, question: string, flags: AskFlags) => {
    const { ask } = await import('../actions/ask.ts');
    await ask(image, question, flags);
  });
}
