import { createClient, mapImages } from '@pixtral-fleet/client';

const client = createClient({
  baseUrl: process.env.PIXTRAL_ENDPOINT ?? 'http://localhost:8080',
  apiKey: process.env.PIXTRAL_API_KEY,
  model: 'pixtral-12b',
});

const results = mapImages(['before.png', 'after.png', 'missing.png'], 'Which colour is the picture?', {
  client,
  // Killed and started again, it asks only what is not in this file yet.
  checkpoint: 'answers.jsonl',
});
for await (const result of results) {
  if (result.ok) console.log(`${result.id}: ${result.answer}`);
  else console.log(`${result.id}: failed, ${result.error.name}`);
}

await client.close();
