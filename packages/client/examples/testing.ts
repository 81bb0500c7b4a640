import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createClient } from '@pixtral-fleet/client';
import { answer, cutAfter, refuse, startScriptedServer } from '@pixtral-fleet/client/testing';

test('a busy server is asked again', async () => {
  const server = await startScriptedServer([refuse(429, 'busy', { retryAfter: '0' }), answer('12.50')]);
  const client = createClient({ baseUrl: server.url, model: 'pixtral-12b' });
  const messages = [{ role: 'user', content: 'What is the total?' }] as const;

  assert.equal((await client.chat.create({ messages })).text, '12.50');
  assert.equal(server.exchanges.length, 2);

  await client.close();
  await server.close();
});

test('half an answer is no answer', async () => {
  const server = await startScriptedServer([cutAfter(['12.'])]);
  const client = createClient({ baseUrl: server.url, model: 'pixtral-12b' });
  const stream = await client.chat.stream({ messages: [{ role: 'user', content: 'What is the total?' }] });

  await assert.rejects(stream.text(), { name: 'IncompleteStreamError', partialText: '12.' });

  await client.close();
  await server.close();
});

test('a step at a time', async () => {
  const server = await startScriptedServer();
  const client = createClient({ baseUrl: server.url, model: 'pixtral-12b' });
  const leaving = new AbortController();
  const asked = client.chat.create(
    { messages: [{ role: 'user', content: 'Hi' }] },
    { signal: leaving.signal },
  );

  const exchange = await server.next();
  assert.deepEqual(await exchange.json(), {
    model: 'pixtral-12b',
    messages: [{ role: 'user', content: 'Hi' }],
  });
  leaving.abort();
  await assert.rejects(asked, { name: 'AbortError' });
  assert.equal(await exchange.closed, 'aborted');

  await client.close();
  await server.close();
});
