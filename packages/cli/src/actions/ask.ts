import { createClient } from '@pixtral-fleet/client';
import type { AskFlags } from '../commands/ask.ts';
import { resolveEndpoint } from '../resolve-endpoint.ts';

export async function ask(image: string, question: string, flags: AskFlags): Promise<void> {
  const endpoint = await resolveEndpoint(flags);
  const client = createClient({ baseUrl: endpoint.url, apiKey: endpoint.apiKey, model: endpoint.model });
  try {
    const answer = await client.ask(image, question);
    console.log(flags.json ? JSON.stringify({ question, answer }) : answer);
  } finally {
    await client.close();
  }
}
