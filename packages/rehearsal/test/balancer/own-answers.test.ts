import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { describe, expect, it, vi } from 'vitest';
import { call } from './call.ts';
import { startDeafTarget, startRawTarget, startTarget } from './local-target.ts';
import { configOf, startTwin, untilState } from './twin.ts';

const MODELS = '/v1/models';

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

/** A port that nobody listens on. */
async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}
