import { createClient } from '@pixtral-fleet/client';
import type { Command } from 'commander';
import { addEndpointOptions, type EndpointFlags, resolveEndpoint } from '../endpoint-options.ts';

/** `pixtral ask <image> "<question>"`: one picture, one question, the answer on standard output. */
export function addAsk(program: Command): void {
  addEndpointOptions(
    program
      .command('ask')
      .description('ask the fleet about a picture')
      .argument('<image>', 'path of a PNG, JPEG, WebP or GIF file')
      .argument('<question>', 'what to ask about it')
      .option('--json', 'print {"question", "answer", "usage", "instanceId"}'),
  ).action(async (image: string, question: string, flags: EndpointFlags & { readonly json?: boolean }) => {
    const endpoint = await resolveEndpoint(flags);
    const client = createClient({ baseUrl: endpoint.url, apiKey: endpoint.apiKey, model: endpoint.model });
    try {
      const answer = await client.ask(image, question);
      console.log(flags.json ? JSON.stringify({ question, answer }) : answer);
    } finally {
      await client.close();
    }
  });
}
