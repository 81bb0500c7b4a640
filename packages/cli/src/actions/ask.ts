import { createClient } from '@pixtral-fleet/client';
import type { AskFlags } from '../commands/ask.ts';
import { resolveEndpoint } from '../resolve-endpoint.ts';

export async function ask(image: string, question: string, flags: AskFlags): Promise<void> {
  const endpoint = await resolveEndpoint(flags);
  const { url: baseUrl, apiKey, model } = endpoint;
  const token = flags.token ?? process.env.PIXTRAL_TOKEN;
  const client = createClient({ baseUrl, model, ...(token === undefined ? { apiKey } : {}) });
  // The balancer takes `Authorization` for its own; the gateway then takes the key from a header of its own.
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}`, 'x-api-key': apiKey };
  try {
    const answer = await client.ask(image, question, { headers });
    console.log(flags.json ? JSON.stringify({ question, answer }) : answer);
  } finally {
    await client.close();
  }
}
