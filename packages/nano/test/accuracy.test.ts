import { createClient } from '@pixtral-fleet/client';
import { createSimulator, DEFAULT_BEHAVIOUR } from '@pixtral-fleet/simulator';
import { describe, expect, test } from 'vitest';
import { type KindAccuracy, measureAccuracy } from '../src/accuracy.ts';
import { formatAccuracy } from '../src/format-accuracy.ts';

async function measure(blind: boolean): Promise<readonly KindAccuracy[]> {
  const simulator = createSimulator({
    servedModelName: 'pixtral-12b',
    behaviour: { ...DEFAULT_BEHAVIOUR, blind, firstTokenMs: 0, perTokenMs: 0, perPictureMs: 0 },
    maxModelLen: 16_384,
    maxImages: 4,
    maxNumSeqs: 16,
    keepAliveSeconds: 5,
  });
  const port = await simulator.listen({ host: '127.0.0.1', port: 0 });
  const client = createClient({ baseUrl: `http://127.0.0.1:${port}`, model: 'pixtral-12b' });
  try {
    return await measureAccuracy({ client, random: Math.random, each: 6, concurrency: 4 });
  } finally {
    await client.close();
    await simulator.close();
  }
}

function rightOf(results: readonly KindAccuracy[], name: string): number | undefined {
  return results.find((result) => result.name === name)?.right;
}

describe('measureAccuracy', () => {
  test('a model that sees is right about every kind, and about none without its picture', async () => {
    const results = await measure(false);
    for (const kind of ['colour', 'shape', 'digits', 'count', 'position', 'colours', 'numbers']) {
      expect([kind, rightOf(results, kind)]).toEqual([kind, 6]);
      expect([kind, rightOf(results, `${kind}, picture missing`)]).toEqual([kind, 0]);
    }
    for (const kind of ['shape', 'digits', 'count', 'position']) {
      expect([kind, rightOf(results, `${kind}, picture blank`)]).toEqual([kind, 0]);
    }
    expect(rightOf(results, 'reply with the word')).toBe(6);
  });

  test('a blind one reads no digits, and its mistakes are told', async () => {
    const results = await measure(true);
    expect(rightOf(results, 'numbers')).toBe(0);
    const tables = formatAccuracy(results);
    expect(tables).toContain('| numbers | 0 of 6 | 0.0 % |');
    expect(tables).toMatch(/\| digits \| \d{4} \| 1234 \| \d \|/);
  });
});
