import { describe, expect, it } from 'vitest';
import { useGateway } from '../gateway-fixture.ts';
import { chatHead, lastAnswer, openRaw } from './raw-client.ts';

describe('clients that are slow to say', () => {
  const fixture = useGateway({
    timeouts: { headersMs: 300, bodyMs: 60_000, bodySilenceMs: 60_000, lingerMs: 100 },
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
    timeouts: { headersMs: 60_000, bodyMs: 1_000, bodySilenceMs: 500, lingerMs: 100 },
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
