import { readFile } from 'node:fs/promises';
import { createClient } from '@pixtral-fleet/client';
import { createPixtral, type PixtralOptions } from '@pixtral-fleet/client/ai-sdk';
import { generateText, streamText } from 'ai';

const client = createClient({
  baseUrl: process.env.PIXTRAL_ENDPOINT ?? 'http://localhost:8080',
  apiKey: process.env.PIXTRAL_API_KEY,
  model: 'pixtral-12b',
});
const pixtral = createPixtral(client);

const { text } = await generateText({
  model: pixtral('pixtral-12b'),
  messages: [
    {
      role: 'user',
      content: [
        { type: 'file', mediaType: 'image/png', data: await readFile('photo.png') },
        { type: 'text', text: 'Which colour is the picture? Answer with one word.' },
      ],
    },
  ],
  temperature: 0,
  providerOptions: { pixtral: { min_p: 0.05 } satisfies PixtralOptions },
});
console.log(text);

const { textStream } = streamText({
  model: pixtral('pixtral-12b'),
  prompt: 'Count from 1 to 5.',
  onError: ({ error }) => console.error(error),
});
for await (const delta of textStream) process.stdout.write(delta);
console.log();

await client.close();
