import { describe, expect, it } from 'vitest';
import { openRaw } from './connections/raw-client.ts';
import { CHAT, KEYS, useGateway, WHOLE } from './gateway-fixture.ts';

const fixture = useGateway();

function requestOf(body: object, kept = 0): string {
  const text = JSON.stringify(body);
  const head = [
    'POST /v1/chat/completions HTTP/1.1',
    'host: gateway',
    `authorization: Bearer ${KEYS[0]}`,
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(text)}`,
  ];
  return `${head.join('\r\n')}\r\n\r\n${text.slice(0, text.length - kept)}`;
}

/** Resolves when the engine's connection of the next request closes before it was answered. */
function untilEnded(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  fixture.engine.answer = (_request, response, body) => {
    response.once('close', () => resolve());
    if (!body.includes('"stream":true')) return;
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: {"choices":[]}\n\n');
  };
  return promise;
}

const isToldToHaveLeft = () => expect.poll(() => fixture.log.join('')).toContain('"clientLeft":true');

describe('a client that leaves', () => {
  it.each([true, false])('ends its request at the engine (stream: %s)', async (stream) => {
    const ended = untilEnded();
    using client = await openRaw(fixture.url);
    client.send(requestOf({ ...CHAT, stream }));
    await expect.poll(() => fixture.engine.requests.length).toBe(1);
    if (stream) await client.until('data: ');
    client.socket.destroy();
    await ended;
    await fixture.gateway.whenIdle();
    await isToldToHaveLeft();
  });

  it('ends the second request of its connection too', async () => {
    fixture.engine.answer = (_request, response) => response.end(JSON.stringify(WHOLE));
    using client = await openRaw(fixture.url);
    client.send(requestOf(CHAT));
    await client.until('"choices"');
    const ended = untilEnded();
    client.send(requestOf(CHAT));
    await expect.poll(() => fixture.engine.requests.length).toBe(2);
    client.socket.destroy();
    await ended;
    await fixture.gateway.whenIdle();
  });

  it('leaves the queue, and its request never comes to the engine', async () => {
    fixture.capacity = { batchSize: 1, kvCacheTokens: undefined };
    const finish = Promise.withResolvers<void>();
    fixture.engine.answer = async (_request, response) => {
      await finish.promise;
      response.end(JSON.stringify(WHOLE));
    };
    const first = fixture.chat(CHAT);
    await expect.poll(() => fixture.engine.requests.length).toBe(1);
    using client = await openRaw(fixture.url);
    client.send(requestOf(CHAT));
    await expect.poll(() => fixture.gateway.inFlight).toBe(2);
    client.socket.destroy();
    await expect.poll(() => fixture.gateway.inFlight).toBe(1);
    finish.resolve();
    expect((await first).status).toBe(200);
    // Its place would have been the next one.
    expect((await fixture.chat(CHAT)).status).toBe(200);
    expect(fixture.engine.requests.length).toBe(2);
  });

  it('while its body comes is asked nothing of the engine, and holds no memory', async () => {
    const body = { ...CHAT, messages: [{ role: 'user', content: 'x'.repeat(8_000) }] };
    // More bodies than there is memory for at the same time.
    for (let time = 0; time < 150; time++) {
      using client = await openRaw(fixture.url);
      client.send(requestOf(body, 10));
      client.socket.destroySoon();
    }
    fixture.engine.answer = (_request, response) => response.end(JSON.stringify(WHOLE));
    await expect.poll(async () => (await fixture.chat(body)).status).toBe(200);
    expect(fixture.engine.requests.every(({ body: text }) => text === JSON.stringify(body))).toBe(true);
    await isToldToHaveLeft();
  });
});
