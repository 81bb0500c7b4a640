import { createClient, IncompleteStreamError } from '@pixtral-fleet/client';

const client = createClient({
  baseUrl: process.env.PIXTRAL_ENDPOINT ?? 'http://localhost:8080',
  apiKey: process.env.PIXTRAL_API_KEY,
  model: 'pixtral-12b',
});

const stream = await client.chat.stream({
  messages: [{ role: 'user', content: 'Count from 1 to 5.' }],
  max_tokens: 100,
});
try {
  for await (const event of stream) {
    if (event.type === 'text-delta') process.stdout.write(event.text);
    if (event.type === 'finish') console.log(` (${event.reason})`);
    if (event.type === 'usage') console.log(`${event.usage.completion_tokens} tokens`);
  }
} catch (error) {
  if (!(error instanceof IncompleteStreamError)) throw error;
  console.error(`only a part came: ${error.partialText}`);
}

await client.close();
