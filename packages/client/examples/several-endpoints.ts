import { createClient } from '@pixtral-fleet/client';

const client = createClient({
  // Servers without a balancer before them; those that fail are left alone for a while.
  baseUrl: (process.env.PIXTRAL_ENDPOINTS ?? 'http://10.0.1.10:8080,http://10.0.2.10:8080').split(','),
  apiKey: process.env.PIXTRAL_API_KEY,
  model: 'pixtral-12b',
});

console.log(await client.ask('photo.png', 'Which colour is the picture? Answer with one word.'));

await client.close();
