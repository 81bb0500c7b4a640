import { once } from 'node:events';
import { Agent, request as httpRequest } from 'node:http';
import { connect, createServer, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { call } from './call.ts';
import { startDeafTarget, startRawTarget, startTarget } from './local-target.ts';
import { configOf, startTwin, untilState } from './twin.ts';

const MODELS = '/v1/models';

describe('a forwarded request', () => {
  it('reaches the target whole and brings its answer back whole', async () => {
    const target = await startTarget((request, response) => {
      response.writeHead(201, 'Made', ['X-A', '1', 'X-A', '2', 'Connection', 'X-Hop', 'X-Hop', 'mine']);
      response.write(`${request.method} ${request.url} ${request.headers['x-forwarded-for']} `);
      request.pipe(response);
    });
    const twin = await startTwin(configOf());
    twin.register({ 'i-1': target.port });
    await twin.balancer.ready;
    const answer = await call(`${twin.balancer.url}${MODELS}?a=%2F`, { method: 'POST', body: 'hello' });
    expect(answer).toMatchObject({
      status: 201,
      body: 'POST /v1/models?a=%2F 127.0.0.1 hello',
      complete: true,
    });
    expect(answer.headers['x-a']).toBe('1, 2');
    expect(answer.headers['x-hop']).toBeUndefined();
    const [record] = twin.balancer.requests();
    expect(record).toMatchObject({
      ...{ method: 'POST', path: '/v1/models?a=%2F', status: 201, targetStatus: 201, outcome: 'completed' },
      ...{ target: { id: 'i-1', port: 8080 }, bytes: answer.body.length },
    });
    expect(record?.traceId).toMatch(/^1-[0-9a-f]{8}-[0-9a-f]{24}$/);
  });

  it('carries a chunked body of many parts unchanged both ways', async () => {
    const target = await startTarget((request, response) => void request.pipe(response));
    const twin = await startTwin(configOf());
    twin.register({ 'i-1': target.port });
    await twin.balancer.ready;
    const parts = Array.from({ length: 200 }, (_, index) => `${index} `.repeat(2_000));
    const answer = await call(`${twin.balancer.url}${MODELS}`, {
      method: 'POST',
      body: Readable.from(parts),
    });
    expect(answer.complete).toBe(true);
    expect(answer.body === parts.join('')).toBe(true);
  });

  it('streams: each event arrives before the target has sent the next one', async () => {
    const seen: string[] = [];
    const target = await startTarget(async (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      for (const event of ['one', 'two', 'three']) {
        response.write(event);
        await vi.waitFor(() => expect(seen).toContain(event), { timeout: 5_000, interval: 2 });
      }
      response.end();
    });
    const twin = await startTwin(configOf());
    twin.register({ 'i-1': target.port });
    await twin.balancer.ready;
    const answer = await call(`${twin.balancer.url}${MODELS}`, { onData: (piece) => seen.push(piece) });
    expect(answer).toMatchObject({ body: 'onetwothree', complete: true });
  });

  it('stops reading from the target when the client does not read', async () => {
    let written = 0;
    const total = 64 * 1024 * 1024;
    const target = await startTarget((_request, response) => {
      const chunk = Buffer.alloc(64 * 1024);
      const write = () => {
        written += chunk.length;
        if (written < total) response.write(chunk, write);
      };
      write();
    });
    const twin = await startTwin(configOf());
    twin.register({ 'i-1': target.port });
    await twin.balancer.ready;
    const socket = connect(twin.balancer.port, '127.0.0.1');
    socket.pause();
    socket.write('GET /v1/models HTTP/1.1\r\nHost: x\r\n\r\n');
    let before = -1;
    await vi.waitFor(
      () => {
        const now = written;
        const settled = now === before && now > 0;
        before = now;
        expect(settled).toBe(true);
      },
      { timeout: 8_000, interval: 200 },
    );
    expect(written).toBeLessThan(total / 2);
    socket.destroy();
  });

  it('uses one connection to the target for one request after another', async () => {
    const target = await startTarget((_request, response) => void response.end('ok'));
    let connections = 0;
    target.server.on('connection', () => connections++);
    const twin = await startTwin(configOf({ check: { intervalSeconds: 60 } }));
    twin.register({ 'i-1': target.port });
    await twin.balancer.ready;
    for (let at = 0; at < 5; at++) await call(`${twin.balancer.url}${MODELS}`);
    // One for the health check, one for all requests.
    expect(connections).toBe(2);
  });

  it('goes to the target with the fewest running requests', async () => {
    const waiting: (() => void)[] = [];
    const handler = (_request: unknown, response: { end(): void }) => void waiting.push(() => response.end());
    const [a, b] = [await startTarget(handler), await startTarget(handler)];
    const twin = await startTwin(configOf());
    twin.register({ 'i-a': a.port, 'i-b': b.port });
    await untilState(twin, 'i-a', 'healthy');
    await untilState(twin, 'i-b', 'healthy');
    const calls = Array.from({ length: 6 }, () => call(`${twin.balancer.url}${MODELS}`));
    await vi.waitFor(() => expect(waiting).toHaveLength(6), { timeout: 5_000 });
    expect(twin.balancer.targets().map(({ inFlight }) => inFlight)).toEqual([3, 3]);
    for (const end of waiting) end();
    await Promise.all(calls);
    expect(twin.balancer.targets().map(({ inFlight, total }) => [inFlight, total])).toEqual([
      [0, 3],
      [0, 3],
    ]);
  });
});

describe('what the load balancer answers itself', () => {
  it('is the fixed response for paths that no rule covers', async () => {
    const twin = await startTwin(configOf());
    await vi.waitFor(() => expect(twin.events.some(({ type }) => type === 'load-balancer')).toBe(true));
    const answer = await call(`${twin.balancer.url}/metrics`, { method: 'POST', body: 'x'.repeat(100_000) });
    expect(answer).toMatchObject({ status: 404, body: '{"error":{"message":"not found"}}' });
    expect(answer.headers).toMatchObject({
      server: 'awselb/2.0',
      'content-type': 'application/json; charset=utf-8',
    });
  });

  it('is 503 as long as no target is registered', async () => {
    const twin = await startTwin(configOf());
    const answer = await call(`${twin.balancer.url}${MODELS}`);
    expect(answer.status).toBe(503);
    expect(answer.headers.server).toBe('awselb/2.0');
    expect(answer.body).toMatchInlineSnapshot(`
      "<html>
      <head><title>503 Service Temporarily Unavailable</title></head>
      <body>
      <center><h1>503 Service Temporarily Unavailable</h1></center>
      </body>
      </html>
      "
    `);
  });

  it.each([
    [
      'closes the connection',
      (socket: Socket) => socket.destroy(),
      'the target closed the connection before its answer was complete',
    ],
    [
      'resets the connection',
      (socket: Socket) => socket.once('data', () => socket.resetAndDestroy()),
      'the target closed the connection before its answer was complete',
    ],
    [
      'answers what is not HTTP',
      (socket: Socket) => socket.end('SSH-2.0-x\r\n\r\n'),
      /^the target's answer is malformed: /,
    ],
    [
      'answers headers of more than 32 KiB',
      (socket: Socket) => socket.end(`HTTP/1.1 200 OK\r\nX: ${'x'.repeat(40_000)}\r\n\r\n`),
      /^the target's answer is malformed: /,
    ],
  ])('is 502 when the target %s', async (_what, onConnection, error) => {
    const port = await startRawTarget(onConnection);
    const twin = await startTwin(configOf());
    twin.register({ 'i-1': port });
    await untilState(twin, 'i-1', 'unhealthy');
    const answer = await call(`${twin.balancer.url}${MODELS}`, { method: 'POST', body: '{}' });
    expect(answer).toMatchObject({ status: 502, complete: true });
    expect(twin.balancer.requests().at(-1)?.error).toMatch(error);
  });

  it('is 502 when nobody listens, and when no process plays the target', async () => {
    const closed = await startTwin(configOf());
    closed.register({ 'i-1': await closedPort(), 'i-2': undefined });
    await untilState(closed, 'i-1', 'unhealthy');
    await untilState(closed, 'i-2', 'unhealthy');
    expect((await call(`${closed.balancer.url}${MODELS}`)).status).toBe(502);
    expect((await call(`${closed.balancer.url}${MODELS}`)).status).toBe(502);
    expect(
      closed.balancer
        .requests()
        .map(({ error }) => error)
        .toSorted(),
    ).toEqual(['no process plays i-2:8080', 'the target refused the connection']);
  });

  it('is 504 when the target accepts no connection in time', async () => {
    const twin = await startTwin(configOf(), { connectTimeoutMs: 100 });
    twin.register({ 'i-1': await startDeafTarget() });
    await vi.waitFor(() => expect(twin.balancer.targets()).toHaveLength(1), { timeout: 5_000 });
    expect((await call(`${twin.balancer.url}${MODELS}`)).status).toBe(504);
  });

  it('is 504 when the target does not answer within the idle timeout', async () => {
    const target = await startTarget(() => undefined);
    const twin = await startTwin(configOf({ idleTimeoutSeconds: 0.2 }));
    twin.register({ 'i-1': target.port });
    await twin.balancer.ready;
    const answer = await call(`${twin.balancer.url}${MODELS}`, { method: 'POST', body: '{}' });
    expect(answer.status).toBe(504);
    expect(twin.balancer.requests().at(-1)?.error).toMatchInlineSnapshot(
      `"the target sent nothing for 0.2 s (idle timeout)"`,
    );
  });

  it('is 408 when the client stalls within its body', async () => {
    const target = await startTarget(
      (request, response) => void request.resume().once('end', () => response.end()),
    );
    const twin = await startTwin(configOf({ idleTimeoutSeconds: 0.2 }));
    twin.register({ 'i-1': target.port });
    await twin.balancer.ready;
    const body = new Readable({ read: () => undefined });
    body.push('{"half":');
    expect((await call(`${twin.balancer.url}${MODELS}`, { method: 'POST', body })).status).toBe(408);
  });

  it.each([
    ['400 for what is not HTTP', 'HELLO\r\n\r\n', /^HTTP\/1\.1 400 Bad Request\r\nServer: awselb\/2\.0\r\n/],
    [
      '405 for TRACE',
      'TRACE / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
      /^HTTP\/1\.1 405 Not Allowed\r\n/,
    ],
    [
      '414 for an endless URL',
      `GET /${'x'.repeat(17_000)} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
      /^HTTP\/1\.1 414 /,
    ],
  ])('is %s', async (_what, sent, expected) => {
    const twin = await startTwin(configOf());
    await vi.waitFor(() => expect(twin.events.length).toBeGreaterThan(0));
    const socket = connect(twin.balancer.port, '127.0.0.1');
    socket.write(sent);
    expect((await socket.toArray()).join('')).toMatch(expected);
  });
});

describe('a connection that breaks', () => {
  it('is broken for the client too when the target dies within its answer', async () => {
    const target = await startTarget((_request, response) => {
      response.writeHead(200);
      response.write('half');
      setTimeout(() => response.destroy(), 20);
    });
    const twin = await startTwin(configOf());
    twin.register({ 'i-1': target.port });
    await twin.balancer.ready;
    expect(await call(`${twin.balancer.url}${MODELS}`)).toMatchObject({
      status: 200,
      body: 'half',
      complete: false,
    });
    expect(twin.balancer.requests().at(-1)).toMatchObject({ status: 200, outcome: 'target-closed' });
  });

  it('is cut at the idle timeout when the target falls silent within its answer', async () => {
    const target = await startTarget((_request, response) => {
      response.writeHead(200);
      response.write('half');
    });
    const twin = await startTwin(configOf({ idleTimeoutSeconds: 0.2 }));
    twin.register({ 'i-1': target.port });
    await twin.balancer.ready;
    expect(await call(`${twin.balancer.url}${MODELS}`)).toMatchObject({ body: 'half', complete: false });
    expect(twin.balancer.requests().at(-1)).toMatchObject({ status: 200, outcome: 'idle-timeout' });
  });

  it('lives beyond the idle timeout as long as something is sent', async () => {
    const target = await startTarget(async (_request, response) => {
      for (let at = 0; at < 12; at++) {
        response.write('.');
        await sleep(100);
      }
      response.end();
    });
    const twin = await startTwin(configOf({ idleTimeoutSeconds: 0.8 }));
    twin.register({ 'i-1': target.port });
    await twin.balancer.ready;
    expect(await call(`${twin.balancer.url}${MODELS}`)).toMatchObject({
      body: '.'.repeat(12),
      complete: true,
    });
  });

  it('is recorded as 460 when the client leaves first, and the target is let go', async () => {
    let released = false;
    const target = await startTarget((_request, response) => {
      response.once('close', () => {
        released = true;
      });
      leave.abort();
    });
    const leave = new AbortController();
    const twin = await startTwin(configOf());
    twin.register({ 'i-1': target.port });
    await twin.balancer.ready;
    await expect(call(`${twin.balancer.url}${MODELS}`, { signal: leave.signal })).rejects.toThrow('aborted');
    await vi.waitFor(() => expect(released).toBe(true), { timeout: 5_000 });
    expect(twin.balancer.requests().at(-1)).toMatchObject({ status: 460, outcome: 'client-closed' });
    expect(twin.events.at(-1)).toMatchObject({ type: 'client-closed', record: { status: 460 } });
    expect(twin.balancer.targets()[0]?.inFlight).toBe(0);
  });

  it('to an idle target is closed after the idle timeout, whatever the target announces', async () => {
    const target = await startTarget((_request, response) => {
      response.writeHead(200, { Connection: 'keep-alive', 'Keep-Alive': 'timeout=1' });
      response.end();
    });
    const closed = Promise.withResolvers<number>();
    target.server.on('connection', (socket) => {
      socket.once('data', (head) => {
        if (!String(head).includes(MODELS)) return;
        const began = performance.now();
        socket.once('close', () => closed.resolve(performance.now() - began));
      });
    });
    const twin = await startTwin(configOf({ idleTimeoutSeconds: 1.5, check: { intervalSeconds: 60 } }));
    twin.register({ 'i-1': target.port });
    await twin.balancer.ready;
    await call(`${twin.balancer.url}${MODELS}`);
    expect(await closed.promise).toBeGreaterThan(1_400);
  });

  it('of a client is kept for its next request', async () => {
    const twin = await startTwin(configOf());
    const agent = new Agent({ keepAlive: true });
    const once = () =>
      new Promise<boolean>((resolve) => {
        const sent = httpRequest(`${twin.balancer.url}/x`, { agent }, (response) => {
          response.resume().once('end', () => setImmediate(() => resolve(sent.reusedSocket)));
        });
        sent.end();
      });
    expect([await once(), await once()]).toEqual([false, true]);
    agent.destroy();
  });
});

/** A port that nobody listens on. */
async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}
