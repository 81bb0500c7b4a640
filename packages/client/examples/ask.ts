import { createClient } from '@pixtral-fleet/client';

const client = createClient({
  baseUrl: process.env.PIXTRAL_ENDPOINT ?? 'http://localhost:8080',
  apiKey: process.env.PIXTRAL_API_KEY,
  model: 'pixtral-12b',
});

console.log(await client.ask('photo.png', 'Which colour is the picture? Answer with one word.'));

await client.close();
