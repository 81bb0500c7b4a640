import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { imagePart } from '../../src/index.ts';
import { completionBody } from '../../src/testing/bodies.ts';
import type { Exchange } from '../../src/testing/index.ts';
import { openClient } from '../open-client.ts';
import { pngOf } from './png.ts';

const SIZE = 700 * 1024;

describe('buffers that are used again', () => {
  it('hold no other request, with a slow server, aborts, early refusals and retries', async () => {
    const faults: string[] = [];
    let whole = 0;
    const attempts = new Map<number, number>();
    async function check(exchange: Exchange): Promise<number | undefined> {
      const body = await exchange.body().catch(() => undefined);
      if (body === undefined) return undefined;
      whole++;
      const request = JSON.parse(body.toString()) as {
        messages: [{ content: [{ text: string }, { image_url: { url: string } }] }];
      };
      const [{ text }, { image_url }] = request.messages[0].content;
      const value = Number(text);
      const pixels = Buffer.from(image_url.url.slice('data:image/png;base64,'.length), 'base64');
      if (!pixels.equals(picture(value))) faults.push(`request ${text} held another's bytes`);
      return value;
    }
    const { client } = await openClient(async (exchange) => {
      const fate = exchange.index % 5;
      // Its answer comes while the body is still on its way; the rest is read later, to see what it is.
      if (fate === 0) return exchange.sendEarly(413, '{"error":{"message":"too large"}}');
      // The server takes its time, so that bytes wait in the socket.
      if (fate === 1) for (let turn = 0; turn < 20; turn++) await setImmediate();
      const value = await check(exchange);
      if (value === undefined) return exchange.cut();
      const attempt = (attempts.get(value) ?? 0) + 1;
      attempts.set(value, attempt);
      if (fate === 2 && attempt === 1) return exchange.sendJson(503, {}, { 'retry-after': '0' });
      if (fate === 3 && attempt === 1) return exchange.cut();
      return exchange.sendJson(200, completionBody(String(value)));
    });
    const ask = async (value: number) => {
      const controller = new AbortController();
      const content = [{ type: 'text' as const, text: String(value) }, await imagePart(picture(value))];
      const answered = client.chat.create(
        { messages: [{ role: 'user', content }] },
        { signal: controller.signal },
      );
      if (value % 7 === 0) void setImmediate().then(() => controller.abort());
      return answered.then(
        ({ text }) => text === String(value) || faults.push(`request ${value} got ${text}`),
        (error: Error) => error.name,
      );
    };
    const outcomes: unknown[] = [];
    for (let round = 0; round < 4; round++) {
      outcomes.push(
        ...(await Promise.all(Array.from({ length: 30 }, (_, index) => ask(round * 30 + index)))),
      );
    }
    expect(faults).toEqual([]);
    expect(whole).toBeGreaterThan(40);
    // Each fate came about: what was answered, what was refused or cut, what was aborted.
    expect(new Set(outcomes)).toContain(true);
    expect(new Set(outcomes)).toContain('AbortError');
  });
});

function picture(value: number): Buffer {
  return pngOf(SIZE, () => value % 256);
}
