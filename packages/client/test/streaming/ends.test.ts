import { describe, expect, it } from 'vitest';
import { cutAfter, endAfter, errorAfter, stallAfter, stream } from '../../src/testing/index.ts';
import { ASK, openClient, rejection } from '../open-client.ts';

describe('a stream that is not whole throws, with what has come', () => {
  it.each([
    ['breaks', cutAfter(['one ', 'two']), 'IncompleteStreamError', 'the connection broke'],
    ['just ends', endAfter(['one ', 'two']), 'IncompleteStreamError', 'the stream ended before the answer'],
    ['reports an error', errorAfter(['one ', 'two'], 'engine died', 503), 'StreamError', 'engine died'],
  ])('when it %s', async (_name, step, name, message) => {
    const { client } = await openClient(step);
    const seen: string[] = [];
    const error = await rejection(
      (async () => {
        for await (const event of await client.chat.stream(ASK)) {
          if (event.type === 'text-delta') seen.push(event.text);
        }
      })(),
    );
    expect(error).toMatchObject({ name, partialText: 'one two', message: expect.stringContaining(message) });
    expect(seen).toEqual(['one ', 'two']);
  });

  it('when no token comes', async () => {
    const { client, server } = await openClient(stallAfter([]), { firstTokenTimeoutMs: 1_000 });
    const error = await rejection((await client.chat.stream(ASK)).text());
    expect(error).toMatchObject({ name: 'TimeoutError', phase: 'first-token' });
    expect(await server.exchanges[0]!.closed).toBe('aborted');
  });

  it('when its whole time is over, although tokens keep coming', async () => {
    const { client } = await openClient(stream(Array(2_000).fill('x'), { paceMs: 5 }));
    const error = await rejection(
      client.chat.stream(ASK, { timeoutMs: 300 }).then((opened) => opened.text()),
    );
    expect(error).toMatchObject({ name: 'TimeoutError', phase: 'total' });
  });

  it('when the caller aborts, at once and not after what waits to be read', async () => {
    const controller = new AbortController();
    const { client, server } = await openClient(stallAfter(['one ', 'two ', 'three']));
    const opened = await client.chat.stream(ASK, { signal: controller.signal });
    const events = opened[Symbol.asyncIterator]();
    expect((await events.next()).value).toMatchObject({ text: 'one ' });
    controller.abort();
    expect(await rejection(events.next())).toMatchObject({ name: 'AbortError' });
    expect(await events.next()).toEqual({ done: true, value: undefined });
    expect(await server.exchanges[0]!.closed).toBe('aborted');
  });
});

it('leaving a stream closes its connection', async () => {
  const { client, server } = await openClient(stallAfter(['one ', 'two']));
  for await (const _event of await client.chat.stream(ASK)) break;
  expect(await server.exchanges[0]!.closed).toBe('aborted');
});

it('a stream that was read to its end leaves its connection for the next', async () => {
  const { client, server } = await openClient(stream(['one ', 'two']));
  const calls = 20;
  for (let call = 0; call < calls; call++)
    expect(await (await client.chat.stream(ASK)).text()).toBe('one two');
  // The last bytes of the message may come after the answer: then the next call has another connection.
  expect(server.exchanges.some(({ requestOfConnection }) => requestOfConnection > 1)).toBe(true);
});

it('a stream is read once', async () => {
  const { client } = await openClient(stream(['one']));
  const opened = await client.chat.stream(ASK);
  await opened.text();
  expect(await rejection(opened.text())).toMatchObject({ message: 'a stream can be read only once' });
});

it('steps that are asked for at the same time come in order', async () => {
  const { client } = await openClient(stream(['one', 'two', 'three']));
  const events = (await client.chat.stream(ASK))[Symbol.asyncIterator]();
  const steps = await Promise.all([events.next(), events.next(), events.next()]);
  expect(steps.map(({ value }) => value)).toMatchObject([
    { text: 'one' },
    { text: 'two' },
    { text: 'three' },
  ]);
  await events.return?.();
});

it('a slow reader slows the server down, and misses nothing', async () => {
  const count = 20_000;
  const word = 'x'.repeat(400);
  let sent = 0;
  const { client, server } = await openClient(
    async (exchange) => {
      exchange.beginStream();
      for (; sent < count; sent++) await exchange.sendChunk(word);
      await exchange.finish();
    },
    // Silence is the reader's here, and never the server's.
    { idleTimeoutMs: 3_000 },
  );
  const events = (await client.chat.stream(ASK))[Symbol.asyncIterator]();
  await events.next();
  // Until nothing moves: the sockets are full.
  for (let before = -1; before !== sent; ) {
    before = sent;
    await new Promise((resolve) => setTimeout(resolve, 600));
  }
  expect(sent).toBeLessThan(count);
  await new Promise((resolve) => setTimeout(resolve, 3_500));
  let texts = 1;
  for (let step = await events.next(); !step.done; step = await events.next()) {
    if (step.value.type === 'text-delta') texts++;
  }
  expect(texts).toBe(count);
  expect(await server.exchanges[0]!.closed).toBe('finished');
});
