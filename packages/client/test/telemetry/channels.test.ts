import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { afterEach, describe, expect, it } from 'vitest';
import { ApiError, CALL_CHANNELS, type CallRecord, createClient } from '../../src/index.ts';
import {
  answer,
  cutAfter,
  models,
  refuse,
  type Script,
  stallAfter,
  startScriptedServer,
  unauthorized,
} from '../../src/testing/index.ts';

const ASK = { messages: [{ role: 'user', content: 'a secret question' }], max_tokens: 9 } as const;
const PNG = new Uint8Array(
  Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    'base64',
  ),
);
const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

describe('the diagnostics channels', () => {
  it('tell of a call from its start to its end, with all attempts', async () => {
    const { client, server } = await start([refuse(503, 'not yet', { retryAfter: '0' }), answer('blue')]);
    const { names, records } = listen();
    await client.chat.create(ASK);
    expect(names).toEqual(['start', 'attempt', 'attempt', 'response', 'end']);
    expect(new Set(records).size).toBe(1);
    expect(records[0]).toMatchObject({
      request: { operation: 'chat', model: 'pixtral-12b', streaming: false, images: 0, maxTokens: 9 },
      attempts: 2,
      server: server.url,
      response: { status: 200 },
      outcome: { finishReasons: ['stop'], usage: { completion_tokens: 1 }, responseModel: 'pixtral-12b' },
      error: undefined,
    });
    expect(records[0]?.durationMs).toBeGreaterThan(0);
  });

  it('tell of the first token of a stream, and end when it is whole', async () => {
    const { client } = await start([answer('one two three')]);
    const { names, records } = listen();
    expect(await (await client.chat.stream(ASK)).text()).toBe('one two three');
    expect(names).toEqual(['start', 'attempt', 'response', 'firstToken', 'end']);
    const [record] = records;
    expect(record?.outcome?.usage?.completion_tokens).toBe(3);
    expect(record?.firstTokenMs).toBeLessThanOrEqual(record?.durationMs ?? 0);
  });

  it('tell why a call failed, once', async () => {
    const { client } = await start([unauthorized(), cutAfter(['half']), stallAfter(['left'])]);
    const { names, records } = listen();
    await expect(client.chat.create(ASK)).rejects.toThrow('401');
    expect(records.at(-1)?.error).toBeInstanceOf(ApiError);
    await expect((await client.chat.stream(ASK)).text()).rejects.toThrow('connection broke');
    expect(records.at(-1)?.error).toMatchObject({ name: 'IncompleteStreamError' });
    for await (const _event of await client.chat.stream(ASK)) break;
    expect(records.at(-1)?.error).toMatchObject({ name: 'AbortError' });
    expect(names.filter((name) => name === 'end')).toHaveLength(3);
  });

  it('end also for a request that the server never got', async () => {
    const { client } = await start([]);
    const { names, records } = listen();
    await expect(client.chat.create(ASK, { signal: AbortSignal.abort() })).rejects.toThrow('aborted');
    expect(names).toEqual(['start', 'end']);
    expect(records[0]).toMatchObject({ attempts: 0, error: { name: 'AbortError' } });
  });

  it('hold no prompt, no picture, no answer and no key', async () => {
    const { client } = await start([answer('a secret answer')]);
    const { records } = listen();
    await client.ask(PNG, 'a secret question');
    expect(records[0]).toMatchObject({ request: { images: 1 } });
    const told = JSON.stringify(records);
    expect(told).not.toMatch(/secret|iVBOR|base64/);
  });

  it('send the headers of a subscriber, unless the caller has the same', async () => {
    const { client, server } = await start([models(['pixtral-12b']), models(['pixtral-12b'])]);
    const add = (message: unknown) => {
      (message as CallRecord).headers['x-team'] = 'vision';
    };
    subscribe(CALL_CHANNELS.start, add);
    ends.push(() => unsubscribe(CALL_CHANNELS.start, add));
    await client.models.list();
    await client.models.list({ headers: { 'x-team': 'other' } });
    expect(server.exchanges.map(({ headers }) => headers['x-team'])).toEqual(['vision', 'other']);
    expect(server.exchanges[0]?.headers.authorization).toBe('Bearer key-secret');
  });
});

function listen(): { readonly names: string[]; readonly records: CallRecord[] } {
  const names: string[] = [];
  const records: CallRecord[] = [];
  for (const [name, channel] of Object.entries(CALL_CHANNELS)) {
    const listener = (message: unknown) => {
      names.push(name);
      records.push(message as CallRecord);
    };
    subscribe(channel, listener);
    ends.push(() => unsubscribe(channel, listener));
  }
  return { names, records };
}

async function start(script: Script) {
  const server = await startScriptedServer(script);
  const client = createClient({ baseUrl: server.url, apiKey: 'key-secret', model: 'pixtral-12b' });
  ends.push(
    () => server.close(),
    () => client.close(),
  );
  return { client, server };
}
