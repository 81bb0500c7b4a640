import { readdirSync, readFileSync } from 'node:fs';
import { countImageTokens, readImageHeader } from '@pixtral-fleet/catalog';
import { describe, expect, test } from 'vitest';

const RECORDINGS = new URL('../../../simulator/recordings/', import.meta.url);

/** A recorded exchange as far as it is needed here. */
interface Exchange {
  readonly request: { readonly body?: unknown };
  readonly response: { readonly status: number; readonly body?: { readonly usage?: Usage } };
  /** What the recorder knew of the pictures, and the prompt tokens of the same text without them. */
  readonly measured?: { readonly sizes: readonly string[]; readonly textOnlyTokens: number };
}
interface Usage {
  readonly prompt_tokens: number;
}
interface Recorded {
  readonly name: string;
  readonly sizes: readonly string[];
  readonly counted: number;
  readonly body: unknown;
}

/** Vision (2xx) that was answered at once. Left out: 217 and 260, whose text was not recorded without its pictures. */
const recorded: readonly Recorded[] = readdirSync(new URL('0.32.0/', RECORDINGS))
  .filter((name) => /^2\d\d-.*\.json$/.test(name))
  .sort()
  .flatMap((name) => {
    const text = readFileSync(new URL(`0.32.0/${name}`, RECORDINGS), 'utf8');
    const { request, response, measured }: Exchange = JSON.parse(text);
    const tokens = response.body?.usage?.prompt_tokens;
    if (response.status !== 200 || tokens === undefined || !measured) return [];
    return [{ name, sizes: measured.sizes, counted: tokens - measured.textOnlyTokens, body: request.body }];
  });

const toSize = (text: string) => {
  const [width = 0, height = 0] = text.split('x').map(Number);
  return { width, height };
};

describe('image tokens as a real vLLM 0.32.0 counted them', () => {
  test('34 requests were recorded', () => {
    expect(recorded).toHaveLength(34);
  });

  test.each(recorded)('$name: $sizes take $counted', ({ sizes, counted }) => {
    expect(sizes.reduce((sum, size) => sum + countImageTokens(toSize(size)), 0)).toBe(counted);
  });

  test('pictures in those requests have the sizes that the recorder says', () => {
    let read = 0;
    for (const { name, sizes, body } of recorded) {
      const pictures = [...JSON.stringify(body).matchAll(/"\$image":"([^"]+\.(?:png|jpg|webp|gif))"/g)];
      for (const [index, [, picture = '']] of pictures.entries()) {
        const { width, height } = readImageHeader(readFileSync(new URL(picture, RECORDINGS)));
        expect([name, `${width}x${height}`]).toEqual([name, sizes[index]]);
        read++;
      }
    }
    expect(read).toBeGreaterThanOrEqual(34);
  });
});
