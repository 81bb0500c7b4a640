import { countImageTokens, createClient, imagePart } from '@pixtral-fleet/client';

const client = createClient({
  baseUrl: process.env.PIXTRAL_ENDPOINT ?? 'http://localhost:8080',
  apiKey: process.env.PIXTRAL_API_KEY,
  model: 'pixtral-12b',
  // Throws when the server counts otherwise.
  checkUsage: true,
});

const picture = await imagePart('photo.png');
console.log(`${countImageTokens(picture)} tokens before it is sent`);
console.log(`${countImageTokens({ width: 4000, height: 3000 })} for a photo of 12 megapixels`);

const { usage } = await client.chat.create({
  messages: [{ role: 'user', content: [picture, { type: 'text', text: 'Which colour?' }] }],
  max_tokens: 20,
});
console.log(`${usage.prompt_tokens > countImageTokens(picture) ? 'with the text, more' : 'wrong'}`);

await client.close();
