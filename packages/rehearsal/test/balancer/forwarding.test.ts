import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { describe, expect, it, vi } from 'vitest';
import { call } from './call.ts';
import { startTarget } from './local-target.ts';
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
