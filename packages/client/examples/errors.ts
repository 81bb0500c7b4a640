import { AbortError, ApiError, ConnectionError, createClient, TimeoutError } from '@pixtral-fleet/client';

const client = createClient({
  baseUrl: process.env.PIXTRAL_ENDPOINT ?? 'http://localhost:8080',
  apiKey: process.env.PIXTRAL_API_KEY,
  model: 'pixtral-12b',
});

try {
  await client.chat.create({ messages: [{ role: 'user', content: 'Hi' }], max_tokens: 1_000_000 });
} catch (error) {
  if (error instanceof ApiError) {
    // The server answered, with an error.
    console.error(
      `${error.status}: ${error.param} is wrong, trying again ${error.retryable ? 'may help' : 'is useless'}`,
    );
  } else if (error instanceof ConnectionError) console.error(`nobody answered: ${error.message}`);
  else if (error instanceof TimeoutError) console.error(`too slow: ${error.phase}`);
  else if (error instanceof AbortError) console.error('stopped by us');
  else throw error;
}

await client.close();
