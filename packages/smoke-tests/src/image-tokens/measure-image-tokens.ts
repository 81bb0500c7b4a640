import { countImageTokens } from '@pixtral-fleet/catalog';
import { type ContentPart, imagePart, type PixtralClient } from '@pixtral-fleet/client';
import { mapInOrder } from '../seeing/map-in-order.ts';
import type { Random } from '../seeing/random.ts';
import { createRaster, encodePng, type Size } from '../seeing/raster.ts';
import { randomSize } from './random-size.ts';

export interface MeasureImageTokensOptions {
  readonly client: { readonly chat: Pick<PixtralClient['chat'], 'create'> };
  readonly random: Random;
  /** New pictures are sent until then. */
  readonly seconds: number;
  /** Requests at the same time. */
  readonly concurrency: number;
  readonly onSize?: (measured: MeasuredSize, done: number) => void;
}

/** A picture of one colour, and what the server counted for it. */
export interface MeasuredSize extends Size {
  /** `usage.prompt_tokens` less those of the same request without a picture. */
  readonly counted: number;
  readonly predicted: number;
}

export interface ImageTokensResult {
  readonly sizes: number;
  /** Of which the model looks at fewer pixels than were sent. */
  readonly scaled: number;
  readonly imageTokens: number;
  readonly seconds: number;
  readonly mismatches: readonly MeasuredSize[];
}

/** Solid, so that it is encoded and decoded fast; the count depends on the size only (recorded). */
const COLOUR = [120, 160, 200] as const;
const TEXT = 'Describe.';
const SCALED_FROM = 1_024;

/** Compares what a server counts for pictures of random sizes with what the catalog predicts. */
export async function measureImageTokens(options: MeasureImageTokensOptions): Promise<ImageTokensResult> {
  const { random, concurrency, onSize } = options;
  const began = performance.now();
  const since = (): number => (performance.now() - began) / 1_000;
  const textTokens = await promptTokens(options, undefined);
  const measured: MeasuredSize[] = [];
  const worker = async (): Promise<void> => {
    while (since() < options.seconds) {
      const size = randomSize(random);
      const counted = (await promptTokens(options, size)) - textTokens;
      const result = { ...size, counted, predicted: countImageTokens(size) };
      measured.push(result);
      onSize?.(result, measured.length);
    }
  };
  const workers = Array.from({ length: concurrency }, () => worker);
  await mapInOrder(workers, { limit: concurrency, work: (work) => work() });
  return {
    sizes: measured.length,
    scaled: measured.filter(({ width, height }) => Math.max(width, height) > SCALED_FROM).length,
    imageTokens: measured.reduce((sum, { counted }) => sum + counted, 0),
    seconds: Math.round(since()),
    mismatches: measured.filter(({ counted, predicted }) => counted !== predicted),
  };
}

async function promptTokens(
  { client }: Pick<MeasureImageTokensOptions, 'client'>,
  size: Size | undefined,
): Promise<number> {
  const content: ContentPart[] = [{ type: 'text', text: TEXT }];
  if (size) content.unshift(await imagePart(encodePng(createRaster(size, COLOUR))));
  const { usage } = await client.chat.create({
    messages: [{ role: 'user', content }],
    max_tokens: 1,
    temperature: 0,
  });
  return usage.prompt_tokens;
}
