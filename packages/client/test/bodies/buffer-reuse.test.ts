import { describe, expect, it } from 'vitest';
import { makeBodyTemplate } from '../../src/bodies/body-template.ts';
import { BufferPool } from '../../src/bodies/buffer-pool.ts';
import { bodyOf } from '../../src/bodies/picture-body.ts';
import { imagePart } from '../../src/index.ts';
import type { OpenBody } from '../../src/transport/transport.ts';
import { pngOf } from './png.ts';

const KIB = 1024;

describe('the buffer of a body', () => {
  it('is used again after an answer that came to its end', async () => {
    const first = await open(500 * KIB);
    const [chunk] = await readAll(first);
    first.release(true);
    const second = await open(500 * KIB);
    const [again] = await readAll(second);
    second.release(true);
    expect(again?.buffer).toBe(chunk?.buffer);
  });

  it.each([
    ['the exchange failed, was aborted or refused', true, false],
    ['the answer came before all of it was written', false, true],
  ])('is not when %s', async (_name, written, normally) => {
    const first = await open(600 * KIB);
    const chunks = first.chunks[Symbol.asyncIterator]();
    const { value: chunk } = await chunks.next();
    while (written && !(await chunks.next()).done);
    first.release(normally);
    const second = await open(600 * KIB);
    const [other] = await readAll(second);
    second.release(true);
    expect(other?.buffer).not.toBe(chunk.buffer);
  });

  it('is of nobody else while it is lent', async () => {
    const bodies = await Promise.all(Array.from({ length: 80 }, () => open(700 * KIB)));
    const chunks = await Promise.all(
      bodies.map(async (body) => (await body.chunks[Symbol.asyncIterator]().next()).value),
    );
    expect(new Set(chunks.map((chunk) => chunk.buffer)).size).toBe(bodies.length);
    for (const body of bodies) body.release(false);
  });

  it('holds nothing that a socket only queues: chunks below its high-water mark are copies', async () => {
    // Sizes whose last window is short.
    for (const byteLength of [4 * KIB * KIB + 160_000, 4 * KIB * KIB + 180_000]) {
      const body = await open(byteLength);
      const buffers = (await readAll(body)).map(({ buffer, length }) => ({ buffer, length }));
      body.release(true);
      const [first] = buffers;
      for (const { buffer, length } of buffers) {
        if (length < 64 * KIB) expect(buffer).not.toBe(first?.buffer);
      }
      expect(buffers.length).toBeGreaterThan(10);
      expect(buffers.at(-1)?.length).toBeLessThan(64 * KIB);
    }
  });
});

describe('a pool', () => {
  it('never has more bytes than its limit, and makes room for another size', () => {
    const pool = new BufferPool(1_000, 100);
    const lent = [pool.take(400), pool.take(450)];
    expect(lent.map((buffer) => buffer?.length)).toEqual([400, 500]);
    expect(pool.take(200)).toBeUndefined();
    expect(pool.bytes).toBe(900);
    pool.giveBack(lent[0]!);
    expect(pool.take(150)?.length).toBe(200);
    expect(pool.bytes).toBe(700);
    pool.drop(lent[1]!);
    expect(pool.bytes).toBe(200);
  });
});

async function open(byteLength: number): Promise<OpenBody> {
  const picture = await imagePart(pngOf(byteLength, () => 7));
  const body = bodyOf(makeBodyTemplate({ messages: [{ content: [picture] }] }));
  if (typeof body === 'string') throw new Error('expected a body with pictures');
  return body.open();
}

async function readAll(body: OpenBody): Promise<Uint8Array[]> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body.chunks) chunks.push(chunk);
  return chunks;
}
