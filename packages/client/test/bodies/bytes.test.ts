import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ContentPart, imagePart } from '../../src/index.ts';
import { answer } from '../../src/testing/index.ts';
import { openClient, rejection } from '../open-client.ts';
import { pngOf } from './png.ts';

const KIB = 1024;
/** Around each size at which something changes: sockets, windows, slices, reads, groups of three. */
const SIZES = [24, 25, 26, 48 * KIB, 64 * KIB, 192 * KIB, 256 * KIB, 384 * KIB, 1024 * KIB, 3100 * KIB];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pixtral-bodies-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('a request with pictures', () => {
  it.each(SIZES)('of about %i bytes is what JSON.stringify makes of it', async (size) => {
    for (const byteLength of [size, size + 1, size + 2].map((bytes) => Math.max(24, bytes))) {
      const bytes = pngOf(byteLength, (index) => (index * 31) % 251);
      const path = join(folder, 'picture.png');
      await writeFile(path, bytes);
      await expectNaive([await imagePart(path), await imagePart(bytes)], [bytes, bytes], ['a', 'b']);
    }
  });

  it('is, with any texts and several pictures', async () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 50 }),
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom(
        '\ud800',
        '\udfff"',
        'data:image/png;base64,',
        '00000000-0000-4000-8000-000000000000',
        '\\',
      ),
    );
    const sizes = fc.oneof(fc.integer({ min: 24, max: 2_000 }), fc.integer({ min: 24, max: 700 * KIB }));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(text, sizes), { minLength: 1, maxLength: 4 }), async (parts) => {
        const pictures = parts.map(([, size], seed) => pngOf(size, (index) => (index * 7 + seed) % 256));
        const sent = await Promise.all(pictures.map((bytes) => imagePart(bytes)));
        await expectNaive(
          sent,
          pictures,
          parts.map(([words]) => words),
        );
      }),
      { numRuns: 25 },
    );
  });

  it('is refused, and not sent, when its file was changed or removed', async () => {
    const { client, server } = await openClient(answer('seen'));
    const path = join(folder, 'changing.png');
    await writeFile(
      path,
      pngOf(300 * KIB, () => 1),
    );
    const picture = await imagePart(path);
    const send = () => client.chat.create({ messages: [{ role: 'user', content: [picture] }] });
    await expect(send()).resolves.toMatchObject({ text: 'seen' });

    await writeFile(
      path,
      pngOf(200, () => 1),
    );
    expect(await rejection(send())).toMatchObject({
      name: 'InvalidRequestError',
      message: `${path} changed: it had ${300 * KIB} bytes when the picture was made, and 200 when it was sent`,
    });
    await writeFile(
      path,
      pngOf(300 * KIB + 1, () => 1),
    );
    expect(await rejection(send())).toMatchObject({
      name: 'InvalidRequestError',
      message: `${path} changed: it had ${300 * KIB} bytes when the picture was made, and ${300 * KIB + 1} when it was sent`,
    });
    await rm(path);
    expect(await rejection(send())).toMatchObject({
      name: 'InvalidRequestError',
      message: expect.stringContaining('ENOENT'),
    });
    expect(server.exchanges.length).toBeLessThanOrEqual(4);
  });
});

/** Sends texts and pictures in turn, and compares what came with the naive encoding of the same. */
async function expectNaive(
  sent: readonly ContentPart[],
  pictures: readonly Buffer[],
  texts: readonly string[],
): Promise<void> {
  const { client, server } = await openClient(answer('seen'), { imageLimits: false });
  const mix = <Part>(parts: readonly Part[]) =>
    texts.flatMap((text, index) => [{ type: 'text' as const, text }, parts[index]!]);
  await client.chat.create({ messages: [{ role: 'user', content: mix(sent) }], max_tokens: 3 });
  const naive = pictures.map((bytes) => ({
    type: 'image_url',
    image_url: { url: `data:image/png;base64,${bytes.toString('base64')}` },
  }));
  const [exchange] = server.exchanges;
  const body = await exchange!.body();
  const expected = Buffer.from(
    JSON.stringify({ model: 'm', messages: [{ role: 'user', content: mix(naive) }], max_tokens: 3 }),
  );
  expect(exchange!.headers['content-length']).toBe(String(expected.length));
  expect(body.equals(expected), `${body.length} bytes came, ${expected.length} were expected`).toBe(true);
}
