import { describe, expect, it } from 'vitest';
import { ApiError } from '../../src/index.ts';
import { answer, balancerError, cutAfter, refuse, stall } from '../../src/testing/index.ts';
import { ASK, openClient, rejection } from '../open-client.ts';

describe('a call is sent again', () => {
  it.each([408, 429, 500, 502, 503])('after a %i', async (status) => {
    const { client, server } = await openClient([refuse(status, 'not now'), answer('here')]);
    await expect(client.chat.create(ASK)).resolves.toMatchObject({ text: 'here' });
    expect(server.exchanges).toHaveLength(2);
  });

  it('after a connection that broke before the answer', async () => {
    const { client } = await openClient([cutAfter(), answer('here')]);
    await expect(client.chat.create(ASK)).resolves.toMatchObject({ text: 'here' });
  });

  it('as a stream, too, before its first byte', async () => {
    const { client } = await openClient([refuse(503, 'not now', { retryAfter: '0' }), answer('here')]);
    await expect((await client.chat.stream(ASK)).text()).resolves.toBe('here');
  });

  it('as often as it may, and then fails with the last error', async () => {
    const { client, server } = await openClient(balancerError(503), { retries: 3 });
    expect(await rejection(client.chat.create(ASK))).toMatchObject({ name: 'ApiError', status: 503 });
    expect(server.exchanges).toHaveLength(4);
  });
});

describe('a call is sent once', () => {
  it.each([400, 401, 404, 413, 501])('for a %i', async (status) => {
    const { client, server } = await openClient(refuse(status, 'never'));
    expect(await rejection(client.chat.create(ASK))).toBeInstanceOf(ApiError);
    expect(server.exchanges).toHaveLength(1);
  });

  it('when its own time runs out', async () => {
    const { client, server } = await openClient(stall());
    expect(await rejection(client.chat.create(ASK, { timeoutMs: 1_000 }))).toMatchObject({
      name: 'TimeoutError',
      phase: 'total',
    });
    await server.exchanges[0]!.closed;
    expect(server.exchanges).toHaveLength(1);
  });

  it('when the wait asked for does not end before the deadline', async () => {
    const { client, server } = await openClient(refuse(429, 'later', { retryAfter: '30' }));
    const error = await rejection(client.chat.create(ASK, { timeoutMs: 20_000 }));
    expect(error).toMatchObject({ status: 429, retryAfterMs: 30_000 });
    expect(server.exchanges).toHaveLength(1);
  });

  it('when its answer broke off', async () => {
    const { client, server } = await openClient(cutAfter(['half an ']));
    const stream = await client.chat.stream(ASK);
    expect(await rejection(stream.text())).toMatchObject({
      name: 'IncompleteStreamError',
      partialText: 'half an ',
    });
    expect(server.exchanges).toHaveLength(1);
  });
});

it('one deadline holds for all attempts', async () => {
  const { client, server } = await openClient([refuse(503, 'not now', { retryAfter: '0' }), stall()]);
  expect(await rejection(client.chat.create(ASK, { timeoutMs: 2_000 }))).toMatchObject({
    name: 'TimeoutError',
    message: 'no complete answer within 2000 ms',
  });
  expect(server.exchanges).toHaveLength(2);
});

it('a wait before a retry ends with the caller', async () => {
  const controller = new AbortController();
  const { client } = await openClient((exchange) =>
    exchange.sendJson(503, {}, { 'retry-after': '30' }).then(() => controller.abort()),
  );
  expect(await rejection(client.chat.create(ASK, { signal: controller.signal }))).toMatchObject({
    name: 'AbortError',
  });
});

it('an outage is not multiplied: retries of all calls come out of one budget', async () => {
  const { client, server } = await openClient(refuse(503, 'down', { retryAfter: '0' }), { retries: 2 });
  for (let call = 0; call < 150; call++) await rejection(client.models.list());
  // 100 retries, two each for 50 calls; then one request a call.
  expect(server.exchanges).toHaveLength(250);
});

it('a header that HTTP forbids is the caller’s mistake, and nothing is sent', async () => {
  const { client, server } = await openClient(answer('here'));
  expect(await rejection(client.chat.create(ASK, { headers: { 'x-note': 'a\nb' } }))).toMatchObject({
    name: 'InvalidRequestError',
  });
  expect(server.exchanges).toHaveLength(0);
});

it('headers of the caller replace the client’s, except for the key', async () => {
  const { client, server } = await openClient(answer('here'));
  await client.chat.create(ASK, { headers: { Accept: 'text/plain', Authorization: 'none', 'X-Trace': '1' } });
  expect(server.exchanges[0]!.headers).toMatchObject({
    accept: 'text/plain',
    authorization: expect.stringMatching(/^Bearer sk-/),
    'x-trace': '1',
    'content-type': 'application/json',
  });
});
