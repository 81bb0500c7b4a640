import { readFile } from 'node:fs/promises';
import OpenAI from 'openai';

const client = new OpenAI({
  baseURL: `${process.env.PIXTRAL_ENDPOINT ?? 'http://localhost:8080'}/v1`,
  apiKey: process.env.PIXTRAL_API_KEY ?? 'none',
});

const picture = await readFile('photo.png', 'base64');
const completion = await client.chat.completions.create({
  model: 'pixtral-12b',
  messages: [
    {
      role: 'user',
      content: [
        { type: 'image_url', image_url: { url: `data:image/png;base64,${picture}` } },
        { type: 'text', text: 'Which colour is the picture? Answer with one word.' },
      ],
    },
  ],
  max_tokens: 20,
});
console.log(completion.choices[0]?.message.content);

const stream = await client.chat.completions.create({
  model: 'pixtral-12b',
  messages: [{ role: 'user', content: 'Count from 1 to 5.' }],
  stream: true,
});
for await (const chunk of stream) process.stdout.write(chunk.choices[0]?.delta.content ?? '');
console.log();
