import { describe, expect, it } from 'vitest';
import { CHAT, KEYS, useGateway, WHOLE } from '../gateway-fixture.ts';
import { chatHead, lastAnswer, openRaw } from './raw-client.ts';

const fixture = useGateway();

/** Sends bytes, and reads until the server closes or has answered. */
async function exchange(bytes: string): Promise<ReturnType<typeof lastAnswer>> {
  using client = await openRaw(fixture.url);
  client.send(bytes);
  await client.until('}}');
  return lastAnswer(client.text());
}

function expectRefusal(answer: ReturnType<typeof lastAnswer>, status: number, message: string): void {
  expect(answer).toMatchObject({ status, body: { error: { message, param: null, code: status } } });
  expect(answer.head).toContain('content-type: application/json');
  expect(answer.head).toContain('x-pixtral-instance: i-1');
  expect(fixture.engine.requests).toEqual([]);
}

describe('the key is needed however the path is written', () => {
  it.each([
    [
      'http://gateway/v1/models',
      400,
      'the request target must be a path such as /v1/models, got "http://gateway/v1/models"',
    ],
    [
      'https://evil/v1/models',
      400,
      'the request target must be a path such as /v1/models, got "https://evil/v1/models"',
    ],
    ['*', 400, 'the request target must be a path such as /v1/models, got "*"'],
    ['/%761/models', 404, 'there is no path "/%761/models" here'],
    ['/v1/models%3f', 404, 'there is no path "/v1/models%3f" here'],
    ['/v1/models;a=b', 404, 'there is no path "/v1/models;a=b" here'],
    ['/live#/v1/models', 404, 'there is no path "/live#/v1/models" here'],
    ['/v1\\models', 404, 'there is no path "/v1\\\\models" here'],
    [
      '/v1/models?x=http://y',
      401,
      'the API key is missing or wrong; send it as "Authorization: Bearer <key>"',
    ],
  ])('%s', async (target, status, message) => {
    expectRefusal(await exchange(`GET ${target} HTTP/1.1\r\nhost: gateway\r\n\r\n`), status, message);
  });
});

describe('the Host header', () => {
  const oddHosts = ['a/b', 'a?b', 'a@b', 'a#b', 'a b', 'a\\b', '', '[::1', 'a:123456'];
  it.each(oddHosts)('may not be %j', async (host) => {
    const message = `the Host header must be a host, with or without a port, got ${JSON.stringify(host)}`;
    expectRefusal(await exchange(`GET /v1/models HTTP/1.1\r\nhost: ${host}\r\n\r\n`), 400, message);
  });

  it('must be there, and once', async () => {
    expectRefusal(
      await exchange('GET /v1/models HTTP/1.1\r\n\r\n'),
      400,
      'there must be one Host header, got none',
    );
    const twice = 'GET /v1/models HTTP/1.1\r\nhost: a\r\nHost: b\r\n\r\n';
    expectRefusal(await exchange(twice), 400, 'there must be one Host header, got 2');
  });

  it.each(['gateway', 'gateway:8080', '10.0.0.1', '[::1]:8080'])('may be %s', async (host) => {
    expect((await exchange(`GET /nowhere HTTP/1.1\r\nhost: ${host}\r\n\r\n`)).status).toBe(404);
  });
});

describe('headers', () => {
  it('are refused beyond a hundred', async () => {
    const many = Array.from({ length: 200 }, (_, index) => `x-${index}: y`).join('\r\n');
    expectRefusal(
      await exchange(`GET /v1/models HTTP/1.1\r\nhost: a\r\n${many}\r\n\r\n`),
      431,
      'the request has 201 headers, at most 100 are accepted',
    );
  });

  it.each([
    ['100,000 of them', Array.from({ length: 100_000 }, (_, index) => `x-${index}: y`).join('\r\n')],
    ['one of a megabyte', `x: ${'y'.repeat(1_000_000)}`],
    ['a key of a megabyte', `authorization: Bearer ${'y'.repeat(1_000_000)}`],
  ])('are refused while they arrive: %s', async (_name, headers) => {
    const answer = await exchange(`GET /v1/models HTTP/1.1\r\nhost: a\r\n${headers}\r\n\r\n`);
    expectRefusal(answer, 431, 'the headers have more than 16384 bytes');
    expect(answer.head).toContain('connection: close');
  });

  it('that expect something other than 100-continue are refused', async () => {
    const answer = await exchange(`${chatHead('content-length: 2', 'expect: 200-ok')}\r\n`);
    expect(answer).toMatchObject({ status: 417, body: { error: { code: 417 } } });
    expect(fixture.engine.requests).toEqual([]);
  });
});

describe('what is not HTTP, or could be read in two ways', () => {
  const get = 'GET /v1/models HTTP/1.1\r\nhost: a\r\n';
  it.each([
    ['both lengths', `${chatHead('content-length: 5', 'transfer-encoding: chunked')}\r\n0\r\n\r\n`],
    [
      'both lengths, the other way round',
      `${chatHead('transfer-encoding: chunked', 'content-length: 5')}\r\n0\r\n\r\n`,
    ],
    ['two lengths', `${chatHead('content-length: 5', 'content-length: 6')}\r\nhello!`],
    ['a length that is none', `${chatHead('content-length: 5,6')}\r\nhello!`],
    ['a negative length', `${chatHead('content-length: -5')}\r\nhello`],
    ['a signed length', `${chatHead('content-length: +5')}\r\nhello`],
    ['an encoding after chunked', `${chatHead('transfer-encoding: chunked, identity')}\r\n0\r\n\r\n`],
    ['a space before the colon', `${get}transfer-encoding : chunked\r\n\r\n`],
    ['a folded header', `${get}x: a\r\n b: c\r\n\r\n`],
    ['a bare line feed', 'GET /v1/models HTTP/1.1\nhost: a\n\n'],
    ['a zero byte in a header', `${get}x: a\0b\r\n\r\n`],
    ['no HTTP at all', 'hello\r\n\r\n'],
    ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['an unknown version', 'GET /v1/models HTTP/9.9\r\nhost: a\r\n\r\n'],
    ['TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
  ])('%s', async (_name, bytes) => {
    using client = await openRaw(fixture.url);
    client.send(Buffer.from(bytes, 'latin1'));
    const answer = lastAnswer(await client.until('}}'));
    expect(answer).toMatchObject({
      status: 400,
      body: { error: { type: 'BadRequestError', param: null, code: 400 } },
    });
    expect(JSON.stringify(answer.body)).toMatch(/the request is not valid HTTP\/1\.1: |the Host header/);
    expect(answer.head).toContain('connection: close');
    expect(fixture.engine.requests).toEqual([]);
  });

  it.each(['Z', '-1', '0x5', 'ffffffffffffffffff', '5 5', ''])(
    'a chunk of %j bytes, after the key has been checked',
    async (size) => {
      using client = await openRaw(fixture.url);
      client.send(`${chatHead('transfer-encoding: chunked')}\r\n1\r\n{\r\n`);
      client.send(`${size}\r\nxxxxx\r\n0\r\n\r\n`);
      const answer = lastAnswer(await client.until('}}'));
      expect(answer).toMatchObject({ status: 400, body: { error: { code: 400 } } });
      expect(fixture.engine.requests).toEqual([]);
    },
  );
});

describe('methods', () => {
  it.each(['DELETE', 'PUT', 'PATCH', 'OPTIONS', 'TRACE', 'PROPFIND'])('%s is refused', async (method) => {
    const answer = await exchange(
      `${method} /v1/models HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${KEYS[0]}\r\n\r\n`,
    );
    expectRefusal(answer, 405, `/v1/models takes GET, HEAD, got ${method}`);
    expect(answer.head).toContain('allow: get, head');
  });

  it.each(['/v1/chat/completions', '/v1/chat/completions?x=1'])(
    'GET %s is refused with what it takes',
    async (path) => {
      const answer = await exchange(`GET ${path} HTTP/1.1\r\nhost: a\r\n\r\n`);
      expectRefusal(answer, 405, '/v1/chat/completions takes POST, got GET');
      expect(answer.head).toContain('allow: post');
      expect(answer.body).toMatchObject({ error: { type: 'MethodNotAllowedError' } });
    },
  );

  it('HEAD needs the key and has no body', async () => {
    using client = await openRaw(fixture.url);
    client.send('HEAD /v1/models HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n');
    const [head, body] = (await client.closed).split('\r\n\r\n');
    expect([head?.split('\r\n')[0], body]).toEqual(['HTTP/1.1 401 Unauthorized', '']);
  });

  it('CONNECT is refused: it is no proxy', async () => {
    const answer = await exchange('CONNECT 169.254.169.254:80 HTTP/1.1\r\nhost: a\r\n\r\n');
    expectRefusal(answer, 405, 'CONNECT is not accepted: this is no proxy');
  });

  it.each(['websocket', 'h2c'])('an upgrade to %s is ignored', async (protocol) => {
    const answer = await exchange(
      `GET /v1/models HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: ${protocol}\r\n\r\n`,
    );
    expectRefusal(answer, 401, 'the API key is missing or wrong; send it as "Authorization: Bearer <key>"');
  });
});

describe('pipelining', () => {
  it('is answered in order, and what breaks behind an answer that is not written yet closes the connection', async () => {
    fixture.engine.answer = (_request, response) => response.end(JSON.stringify(WHOLE));
    using ordered = await openRaw(fixture.url);
    ordered.send(
      'GET /live HTTP/1.1\r\nhost: a\r\n\r\nGET /nowhere HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n',
    );
    expect((await ordered.closed).match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 404']);

    const asked = Promise.withResolvers<void>();
    fixture.engine.answer = () => asked.resolve();
    using broken = await openRaw(fixture.url);
    const body = JSON.stringify(CHAT);
    broken.send(`${chatHead(`content-length: ${body.length}`)}\r\n${body}`);
    await asked.promise;
    broken.send('hello\r\n\r\n');
    expect(await broken.closed).toBe('');
  });

  it('ends where a client runs too far ahead', async () => {
    fixture.engine.answer = () => undefined;
    using client = await openRaw(fixture.url);
    const body = JSON.stringify(CHAT);
    client.send(`${chatHead(`content-length: ${body.length}`)}\r\n${body}`.repeat(20));
    expect(await client.closed).not.toContain('HTTP/1.1 200');
    await fixture.gateway.whenIdle();
  });
});
