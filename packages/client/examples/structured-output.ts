import { createClient, StructuredOutputError } from '@pixtral-fleet/client';
import { z } from 'zod';

const client = createClient({
  baseUrl: process.env.PIXTRAL_ENDPOINT ?? 'http://localhost:8080',
  apiKey: process.env.PIXTRAL_API_KEY,
  model: 'pixtral-12b',
});

const Shape = z.object({ colour: z.string(), sides: z.number().int() });
try {
  const shape = await client.ask('photo.png', 'Describe the shape.', { schema: Shape, max_tokens: 200 });
  // Typed: shape.colour is a string, shape.sides a number.
  console.log(`colour: ${typeof shape.colour}, sides: ${typeof shape.sides}`);
} catch (error) {
  if (!(error instanceof StructuredOutputError)) throw error;
  console.error(`does not fit the schema: ${error.message}`);
}

await client.close();
