import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { CHAT, useGateway } from '../gateway-fixture.ts';
import { chatHead, lastAnswer, openRaw } from './raw-client.ts';

describe('clients that are slow to say', () => {
  const fixture = useGateway({
    timeouts: { headersMs: 300, bodyMs: 60_000, bodySilenceMs: 60_000, stallMs: 60_000, lingerMs: 100 },
  });

  it.each([
    ['nothing at all', undefined],
    ['their headers, byte by byte', 'x'],
  ])('%s get a 408', async (_name, byte) => {
    using client = await openRaw(fixture.url);
    if (byte) client.send('GET /v1/models HTTP/1.1\r\nhost: a\r\nx: ');
    const drip = setInterval(() => byte && client.send(byte), 20);
    const text = await client.closed;
    clearInterval(drip);
    expect(lastAnswer(text)).toMatchObject({
      status: 408,
      body: {
        error: {
          message: 'the request did not arrive in time: headers must within 0.3 s; send it again',
          type: 'RequestTimeoutError',
          param: null,
          code: 408,
        },
      },
    });
  });
});

describe('bodies', () => {
  const fixture = useGateway({
    timeouts: { headersMs: 60_000, bodyMs: 1_000, bodySilenceMs: 500, stallMs: 60_000, lingerMs: 100 },
  });

  it('that stop coming are a 408', async () => {
    using client = await openRaw(fixture.url);
    client.send(`${chatHead('content-length: 1000')}\r\n{`);
    expect(lastAnswer(await client.until('}}'))).toMatchObject({
      status: 408,
      body: { error: { message: 'nothing of the body arrived for 0.5 s; send it again' } },
    });
  });

  it('that come byte by byte are a 408', async () => {
    using client = await openRaw(fixture.url);
    client.send(`${chatHead('transfer-encoding: chunked')}\r\n`);
    const drip = setInterval(() => client.send('1\r\nx\r\n'), 20);
    const text = await client.closed;
    clearInterval(drip);
    expect(lastAnswer(text)).toMatchObject({ status: 408, body: { error: { type: 'RequestTimeoutError' } } });
    expect(fixture.engine.requests).toEqual([]);
  });
});

describe('bodies of requests that have been answered', () => {
  const fixture = useGateway({
    timeouts: { headersMs: 2_000, bodyMs: 200, bodySilenceMs: 200, stallMs: 60_000, lingerMs: 100 },
  });

  it.each([
    ['a wrong key', chatHead('content-length: 1000').replace('Bearer ', 'Bearer x'), 401],
    ['a late body', chatHead('content-length: 1000'), 408],
  ])('get no second answer, after %s', async (_name, head, status) => {
    using client = await openRaw(fixture.url);
    client.send(`${head}\r\n{`);
    const text = await client.closed;
    expect(text.match(/HTTP\/1\.1 \d+ /g)).toEqual([`HTTP/1.1 ${status} `]);
  });
});

describe('answers', () => {
  const fixture = useGateway({
    limits: { keepAliveSeconds: 60 },
    timeouts: { headersMs: 60_000, bodyMs: 60_000, bodySilenceMs: 60_000, stallMs: 300, lingerMs: 100 },
  });
  const body = JSON.stringify({ ...CHAT, stream: true });
  const request = `${chatHead(`content-length: ${body.length}`)}\r\n${body}`;

  it('that a client does not read on give their place back', async () => {
    const gone = Promise.withResolvers<void>();
    fixture.engine.answer = (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).once('close', gone.resolve);
      const frame = `data: {"x":"${'y'.repeat(60_000)}"}\n\n`;
      const more = () => {
        if (response.destroyed) return;
        if (response.write(frame)) setImmediate(more);
        else response.once('drain', more);
      };
      more();
    };
    using client = await openRaw(fixture.url);
    client.socket.pause();
    client.send(request);
    await gone.promise;
    await fixture.gateway.whenIdle();
  });

  it('that take their time are waited for', async () => {
    fixture.engine.answer = (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      setTimeout(() => response.end('data: {"a":1}\n\ndata: [DONE]\n\n'), 1_000);
    };
    using client = await openRaw(fixture.url);
    client.send(request);
    expect(await client.until('[DONE]')).toContain('[DONE]');
  });

  it('leave the connection open for longer than an answer may stall', async () => {
    using client = await openRaw(fixture.url);
    client.send('GET /live HTTP/1.1\r\nhost: a\r\n\r\n');
    await client.until('"state"');
    await sleep(700);
    client.send('GET /nowhere HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n');
    expect((await client.closed).match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 404']);
  });
});

describe('a connection that is not used again', () => {
  const fixture = useGateway({ limits: { keepAliveSeconds: 1 } });

  it('is closed when it has been kept alive for long enough', async () => {
    using client = await openRaw(fixture.url);
    client.send('GET /live HTTP/1.1\r\nhost: a\r\n\r\n');
    expect(await client.closed).toContain('"state"');
  });
});
