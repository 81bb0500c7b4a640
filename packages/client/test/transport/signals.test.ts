import { getEventListeners } from 'node:events';
import { expect, it } from 'vitest';
import { answer, models, stall } from '../../src/testing/index.ts';
import { ASK, openClient, rejection } from '../open-client.ts';

it('10,000 calls on one signal leave no listener, and never have more than one each', async () => {
  const { client } = await openClient(models(['m']));
  const { signal } = new AbortController();
  let most = 0;
  let left = 10_000;
  const caller = async () => {
    while (left-- > 0) {
      const call = client.models.list({ signal });
      most = Math.max(most, getEventListeners(signal, 'abort').length);
      await call;
    }
  };
  await Promise.all(Array.from({ length: 16 }, caller));
  expect(most).toBe(16);
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

it('streams leave none either, read to the end, left early or failed', async () => {
  const { client } = await openClient(answer('one two three'));
  const { signal } = new AbortController();
  await (await client.chat.stream(ASK, { signal })).text();
  for await (const _event of await client.chat.stream(ASK, { signal })) break;
  await rejection(client.chat.create({ ...ASK, messages: [] }, { signal }));
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

it('an abort closes the connection, with the reason as cause', async () => {
  const { client, server } = await openClient(stall());
  const controller = new AbortController();
  const call = rejection(client.chat.create(ASK, { signal: controller.signal }));
  const exchange = await server.next();
  controller.abort('no longer wanted');
  expect(await call).toMatchObject({ name: 'AbortError', cause: 'no longer wanted' });
  expect(await exchange.closed).toBe('aborted');
});
