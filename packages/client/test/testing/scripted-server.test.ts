import { request as httpRequest } from 'node:http';
import { Agent, request } from 'undici';
import { afterEach, describe, expect, it } from 'vitest';
import { createClient, type PixtralClient } from '../../src/index.ts';
import {
  answer,
  balancerError,
  cutAfter,
  endAfter,
  errorAfter,
  models,
  refuse,
  type Script,
  type ScriptedServer,
  stall,
  stallAfter,
  startScriptedServer,
  stream,
  tooLarge,
  unauthorized,
} from '../../src/testing/index.ts';

const ASK = { messages: [{ role: 'user', content: 'Hi' }] } as const;
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

describe('steps', () => {
  it('answer whole or in events, as it was asked', async () => {
    const { client, server } = await start([answer('a blue square'), answer('a blue square')]);
    expect(await client.chat.create(ASK)).toMatchObject({
      text: 'a blue square',
      usage: { total_tokens: 13 },
    });
    expect(await (await client.chat.stream(ASK)).final()).toMatchObject({
      text: 'a blue square',
      finishReason: 'stop',
      usage: { prompt_tokens: 10, completion_tokens: 3 },
    });
    expect(await server.exchanges[1]?.json()).toMatchObject({ stream: true, ...ASK });
    expect(server.exchanges[1]?.headers.authorization).toBe('Bearer sk-secret');
  });

  it('answer with several choices', async () => {
    const { client } = await start([answer([{ text: 'red' }, { text: 'blue', finishReason: 'length' }])]);
    const { choices } = await client.chat.create({ ...ASK, n: 2 });
    expect(choices).toMatchObject([
      { text: 'red', finishReason: 'stop' },
      { text: 'blue', finishReason: 'length' },
    ]);
  });

  it('answer in chunks at a pace, and list models', async () => {
    const { client } = await start([
      stream(['a ', 'blue'], { paceMs: 1, finishReason: 'length' }),
      models(['m']),
    ]);
    const chunks: string[] = [];
    for await (const event of await client.chat.stream(ASK)) {
      if (event.type === 'text-delta') chunks.push(event.text);
    }
    expect(chunks).toEqual(['a ', 'blue']);
    expect(await client.models.list()).toEqual([{ id: 'm', maxModelLen: 16_384 }]);
  });

  it.each([
    ['a break before any answer', cutAfter(), 'ConnectionError', undefined],
    ['a break in the middle', cutAfter(['half ']), 'IncompleteStreamError', 'half '],
    ['an end that says nothing', endAfter(['half ']), 'IncompleteStreamError', 'half '],
    ['an error in the middle', errorAfter(['half '], 'engine died'), 'StreamError', 'half '],
    ['silence before any answer', stall(), 'TimeoutError', undefined],
    ['silence in the middle', stallAfter(['half ']), 'TimeoutError', undefined],
    ['an error status', refuse(400, 'no', { param: 'n' }), 'ApiError', undefined],
  ])('fail with %s', async (_name, step, name, partialText) => {
    const { client, server } = await start(step);
    const error = await client.chat
      .stream(ASK, name === 'TimeoutError' ? { timeoutMs: 300 } : {})
      .then((answered) => answered.text())
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name, ...(partialText === undefined ? {} : { partialText }) });
    expect(server.exchanges).toHaveLength(1);
  });

  it.each([
    [unauthorized(), 401, 'Unauthorized'],
    [balancerError(502), 502, '502 Bad Gateway'],
    [balancerError(503), 503, '503 Service Temporarily Unavailable'],
    [balancerError(504), 504, '504 Gateway Time-out'],
    [refuse(429, 'busy', { retryAfter: '7' }), 429, 'busy'],
  ])('refuse in the shape of who refuses (%#)', async (step, status, message) => {
    const { client } = await start([step]);
    const error = await client.chat.create(ASK).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'ApiError', status, message: expect.stringContaining(message) });
    if (status === 429) expect(error).toMatchObject({ retryAfterMs: 7_000 });
  });

  it('refuse a body before it has come', async () => {
    const { server } = await start([tooLarge()]);
    const upload = httpRequest(server.url, { method: 'POST', headers: { 'content-length': 1 << 30 } });
    upload.on('error', () => undefined);
    upload.write('the first of many bytes');
    const status = await new Promise((resolve) =>
      upload.once('response', (response) => resolve(response.statusCode)),
    );
    expect(status).toBe(413);
    const exchange = await server.next();
    upload.destroy();
    expect(await exchange.closed).toBe('aborted');
  });
});

describe('a script', () => {
  it('that is a list says so when more is asked than it has', async () => {
    const { client, server } = await start([answer('one')]);
    await client.chat.create(ASK);
    await expect(client.chat.create(ASK)).rejects.toThrow(
      'the script has 1 steps, and this is request 2: POST /v1/chat/completions',
    );
    expect(server.exchanges).toHaveLength(2);
  });

  it('that fails makes closing the server fail', async () => {
    const server = await startScriptedServer(() => {
      throw new Error('oops');
    });
    await expect(request(server.url)).rejects.toThrow();
    await expect(server.close()).rejects.toThrow('1 steps of the script failed, the first with: oops');
  });

  it('can be none: the test takes each request and answers in its own time', async () => {
    const { client, server } = await start();
    const answered = client.chat.stream(ASK);
    const exchange = await server.next();
    await exchange.sendComment();
    await exchange.sendChunk('a ');
    const events = (await answered)[Symbol.asyncIterator]();
    expect((await events.next()).value).toMatchObject({ text: 'a ' });
    await exchange.sendChunk('b');
    expect((await events.next()).value).toMatchObject({ text: 'b' });
    await events.return?.(undefined);
    expect(await exchange.closed).toBe('aborted');
    expect(exchange.aborted).toBe(true);
    // Sending to a client that has gone neither hangs nor throws.
    await exchange.sendChunk('c');
    await exchange.finish();
  });

  it('can send bytes that are cut anywhere', async () => {
    const { client } = await start(async (exchange) => {
      await exchange.sendChunk('grü');
      await exchange.sendRaw('data: {"choices":[{"index":0,"delta":{"con');
      await exchange.sendRaw('tent":"n"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n');
      await exchange.end();
    });
    expect(await (await client.chat.stream(ASK)).text()).toBe('grün');
  });
});

describe('connections', () => {
  it('are refused, and taken again on the same port', async () => {
    const { client, server } = await start(answer('yes'));
    await client.chat.create(ASK);
    await server.refuseConnections();
    await expect(client.chat.create(ASK)).rejects.toMatchObject({ name: 'ConnectionError' });
    await server.acceptConnections();
    expect((await client.chat.create(ASK)).text).toBe('yes');
  });

  it('are kept alive until they are told to close', async () => {
    const { server } = await start((exchange) => exchange.sendJson(200, {}));
    const dispatcher = new Agent({ keepAliveTimeout: 60_000, connections: 1 });
    const get = async () => (await request(server.url, { dispatcher })).body.dump();
    await get();
    await get();
    expect(server.exchanges.map((exchange) => exchange.requestOfConnection)).toEqual([1, 2]);
    const disconnected = new Promise((resolve) => dispatcher.once('disconnect', resolve));
    server.closeIdleConnections();
    await disconnected;
    await get();
    expect(server.exchanges.map((exchange) => exchange.requestOfConnection)).toEqual([1, 2, 1]);
    expect(server.connections).toBe(1);
    await dispatcher.close();
  });

  it('are none after close, and who waits for a request is told', async () => {
    const server = await startScriptedServer();
    const waiting = expect(server.next()).rejects.toThrow('the server was closed after 0 requests');
    await server.close();
    await waiting;
    await expect(request(server.url)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});

async function start(
  script?: Script,
): Promise<{ readonly server: ScriptedServer; readonly client: PixtralClient }> {
  const server = await startScriptedServer(script);
  const client = createClient({ baseUrl: server.url, apiKey: 'sk-secret', model: 'm', retries: 0 });
  closers.push(
    () => client.close(),
    () => server.close(),
  );
  return { server, client };
}
