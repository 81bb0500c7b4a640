import { countImageTokens } from '@pixtral-fleet/catalog';
import { type ContentPart, imagePart } from '@pixtral-fleet/client';
import type { Check, CheckContext } from '../check.ts';
import { CheckFailure } from '../errors.ts';
import { type Random, randomInteger } from '../seeing/random.ts';
import { createRaster, encodePng, type Size } from '../seeing/raster.ts';

/** The server counts pictures as the catalog does: admission, scaling and cost all rest on that number. */
export const usageEqualsTokens: Check = {
  name: 'usage equals image tokens',
  deadlineMs: 90_000,
  advice:
    'this server resizes pictures differently: set the image-token rule of its checkpoint in packages/catalog',
  async run(context) {
    const textOnly = await promptTokens(context, undefined);
    const counts: string[] = [];
    for (const size of sizes(context.random)) {
      const counted = (await promptTokens(context, size)) - textOnly;
      const predicted = countImageTokens(size);
      const name = `${size.width}x${size.height}`;
      if (counted !== predicted) throw new CheckFailure(`${name}: ${counted} tokens, predicted ${predicted}`);
      counts.push(`${name}: ${counted}`);
    }
    return `${counts.join(', ')} tokens beside ${textOnly} of text, as predicted`;
  },
};

/**
 * One picture that is taken as it is, with odd sides, and one that is halved first. Exactly halved: for other ratios the
 * Mistral format rounds where the Hugging Face one cuts off, and both serve right.
 */
function sizes(random: Random): Size[] {
  const odd = (): number => 2 * randomInteger(random, 8, 255) + 1;
  return [
    { width: odd(), height: odd() },
    { width: 2048, height: 2 * randomInteger(random, 16, 160) },
  ];
}

async function promptTokens({ client, signal }: CheckContext, size: Size | undefined): Promise<number> {
  const content: ContentPart[] = [{ type: 'text', text: 'Describe.' }];
  if (size) content.unshift(await imagePart(encodePng(createRaster(size, [120, 160, 200]))));
  const { usage } = await client.chat.create(
    { messages: [{ role: 'user', content }], max_tokens: 1, temperature: 0 },
    { signal },
  );
  return usage.prompt_tokens;
}
