import { createClient, imagePart } from '@pixtral-fleet/client';

const client = createClient({
  baseUrl: process.env.PIXTRAL_ENDPOINT ?? 'http://localhost:8080',
  apiKey: process.env.PIXTRAL_API_KEY,
  model: 'pixtral-12b',
});

// In the order in which the question names them.
console.log(await client.ask(['before.png', 'after.png'], 'Which colours are the pictures?'));

// With text between them, a request is written out.
const { text, usage } = await client.chat.create({
  messages: [
    {
      role: 'user',
      content: [
        { type: 'text', text: 'Before:' },
        await imagePart('before.png'),
        { type: 'text', text: 'After:' },
        await imagePart('after.png'),
        { type: 'text', text: 'Which colours are the pictures?' },
      ],
    },
  ],
  max_tokens: 100,
});
console.log(`${text} (${usage.prompt_tokens} tokens)`);

await client.close();
