import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { CHAT, KEYS, useGateway, WHOLE } from '../gateway-fixture.ts';
import { chatHead, lastAnswer, openRaw } from './raw-client.ts';

const fixture = useGateway({
  limits: { maxBodyBytes: 300_000, bodyMemoryBytes: 1_000_000, maxInFlight: 100 },
});

describe('a body that is too large', () => {
  it('is refused by its declared length before a byte is read', async () => {
    using client = await openRaw(fixture.url);
    client.send(`${chatHead('content-length: 1000000000')}\r\n`);
    const answer = lastAnswer(await client.until('}}'));
    expect(answer).toMatchObject({
      status: 413,
      body: { error: { message: 'the body has more than 300000 bytes' } },
    });
    expect(answer.head).toContain('connection: close');
  });

  it('is not asked for when the client expects to be', async () => {
    using client = await openRaw(fixture.url);
    client.send(`${chatHead('content-length: 1000000000', 'expect: 100-continue')}\r\n`);
    const text = await client.until('}}');
    expect(text).not.toContain('100 Continue');
    expect(lastAnswer(text).status).toBe(413);
  });

  it('is stopped at the limit when it is chunked, and the client gets to read why', async () => {
    using client = await openRaw(fixture.url);
    client.send(`${chatHead('transfer-encoding: chunked')}\r\n`);
    const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
    for (let sent = 0; sent < 64 && !client.text().includes('}}'); sent++) {
      client.send(chunk);
      await sleep(1);
    }
    expect(lastAnswer(await client.until('}}'))).toMatchObject({ status: 413 });
  });

  it('without a key is a 401, whatever it declares', async () => {
    using client = await openRaw(fixture.url);
    client.send(
      'POST /v1/chat/completions HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\nexpect: 100-continue\r\ncontent-length: 1000000000\r\n\r\n',
    );
    const text = await client.until('}}');
    expect([lastAnswer(text).status, text.includes('100 Continue')]).toEqual([401, false]);
  });
});

describe('a body that is on its way', () => {
  it.each([
    ['draining', 'this instance is going away; ask again'],
    ['failed', 'this instance does not serve now: the model server died'],
  ] as const)('to an instance that is %s is refused before a byte is read', async (state, message) => {
    fixture.gateway.setState(state, 'the model server died');
    using silent = await openRaw(fixture.url);
    silent.send(`${chatHead('content-length: 200000')}\r\n`);
    expect(lastAnswer(await silent.until('}}'))).toMatchObject({ status: 503, body: { error: { message } } });
    using asking = await openRaw(fixture.url);
    asking.send(`${chatHead('content-length: 200000', 'expect: 100-continue')}\r\n`);
    const text = await asking.until('}}');
    expect([lastAnswer(text).status, text.includes('100 Continue')]).toEqual([503, false]);
  });

  it('is thrown away and the connection goes on when it is small', async () => {
    fixture.gateway.setState('draining');
    using client = await openRaw(fixture.url);
    const request = `${chatHead('content-length: 1000')}\r\n${'x'.repeat(1_000)}`;
    client.send(request);
    await client.until('}}');
    client.send('GET /live HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n');
    expect((await client.closed).match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 503', 'HTTP/1.1 200']);
  });
});

describe('a body', () => {
  it('is asked for when the client expects to be, and taken in the smallest pieces', async () => {
    fixture.engine.answer = (_request, response) => response.end(JSON.stringify(WHOLE));
    using client = await openRaw(fixture.url);
    client.send(`${chatHead('transfer-encoding: chunked', 'expect: 100-continue', 'connection: close')}\r\n`);
    await client.until('100 Continue');
    const body = JSON.stringify(CHAT);
    for (const byte of body) client.send(`1\r\n${byte}\r\n`);
    client.send('0\r\n\r\n');
    expect((await client.closed).match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 100', 'HTTP/1.1 200']);
    expect(fixture.engine.requests[0]?.body).toBe(body);
  });

  it('of another kind is refused', async () => {
    const answer = await fixture.chat(CHAT, { 'content-type': 'text/plain' });
    expect([answer.status, await answer.json()]).toMatchObject([
      415,
      { error: { message: 'the body must be sent as application/json', code: 415 } },
    ]);
  });

  it('that is refused while it is small leaves the connection open', async () => {
    using client = await openRaw(fixture.url);
    const body = JSON.stringify(CHAT);
    const head = chatHead(`content-length: ${body.length}`).replace(String(KEYS[0]), 'wrong');
    client.send(`${head}\r\n${body}GET /live HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n`);
    expect((await client.closed).match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 401', 'HTTP/1.1 200']);
  });
});

describe('memory for bodies', () => {
  it('is shared: what does not fit is a 503, and is given back when requests end or break', async () => {
    fixture.engine.answer = (_request, response) => response.end(JSON.stringify(WHOLE));
    const half = 'x'.repeat(150_000);
    const clients = await Promise.all(Array.from({ length: 30 }, () => openRaw(fixture.url)));
    for (const client of clients) client.send(`${chatHead('content-length: 299999')}\r\n${half}`);
    const refused = () => clients.filter((client) => client.text().includes('}}'));
    // Six halves fill it; more only where a block was not full yet.
    while (refused().length < 20) await sleep(5);
    const [first] = refused();
    expect(lastAnswer(first?.text() ?? '')).toMatchObject({
      status: 503,
      body: {
        error: {
          message: 'this instance holds as many request bodies as it has memory for; send the request again',
          type: 'ServiceUnavailableError',
        },
      },
    });
    expect(lastAnswer(first?.text() ?? '').head).toContain('retry-after: 2');
    for (const client of clients) client[Symbol.dispose]();
    const pad = { ...CHAT, messages: [{ role: 'user', content: 'y'.repeat(290_000) }] };
    // The server hears of the broken connections in its own time.
    let status = 503;
    while (status === 503) status = (await fixture.chat(pad)).status;
    expect(status).toBe(200);
    const statuses = await Promise.all([1, 2].map(async () => (await fixture.chat(pad)).status));
    expect(statuses).toEqual([200, 200]);
  });
});
