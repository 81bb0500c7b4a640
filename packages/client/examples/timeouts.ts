import { createClient } from '@pixtral-fleet/client';

const client = createClient({
  baseUrl: process.env.PIXTRAL_ENDPOINT ?? 'http://localhost:8080',
  apiKey: process.env.PIXTRAL_API_KEY,
  model: 'pixtral-12b',
  timeoutMs: 120_000,
  firstTokenTimeoutMs: 60_000,
  idleTimeoutMs: 15_000,
});

// A signal of one's own ends a call as well, and closes its connection: the model stops.
const leaving = new AbortController();
process.once('SIGINT', () => leaving.abort());

const question = { messages: [{ role: 'user', content: 'Count from 1 to 5.' }], max_tokens: 100 } as const;
const { text } = await client.chat.create(question, { timeoutMs: 30_000, signal: leaving.signal });
console.log(text);

await client.close();
