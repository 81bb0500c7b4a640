import { connect, createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openToPrometheus } from '../../../src/metrics/prometheus/open-to-prometheus.ts';
import { type MetricsServer, serveMetrics } from '../../../src/metrics/prometheus/serve-metrics.ts';
import { KEYS, useGateway } from '../../gateway/gateway-fixture.ts';

const read = async () => ({ contentType: 'text/plain; version=0.0.4; charset=utf-8', text: 'up 1\n' });

describe('the port for Prometheus', () => {
  let server: MetricsServer;
  beforeEach(async () => {
    server = await serveMetrics(0, read);
  });
  afterEach(() => server[Symbol.asyncDispose]());

  test('answers GET /metrics and nothing else', async () => {
    const answer = await fetch(server.url);
    expect([answer.status, answer.headers.get('content-type'), await answer.text()]).toEqual([
      200,
      'text/plain; version=0.0.4; charset=utf-8',
      'up 1\n',
    ]);
    const posted = await fetch(server.url, { method: 'POST' });
    expect([posted.status, posted.headers.get('allow')]).toEqual([405, 'GET']);
    expect((await fetch(new URL('/v1/models', server.url))).status).toBe(404);
  });

  test('is on the loopback alone', async () => {
    const { hostname, port } = new URL(server.url);
    expect(hostname).toBe('127.0.0.1');
    const others = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .map(({ address }) => address)
      .filter((address) => address !== '127.0.0.1' && !address.startsWith('fe80'));
    // Another address of the loopback network stands for those of other machines, where there are none.
    for (const host of [...others, '127.0.0.2']) expect(await reaches(host, Number(port)), host).toBe(false);
    expect(await reaches('127.0.0.1', Number(port))).toBe(true);
  });
});

describe("the load balancer's port", () => {
  const fixture = useGateway();

  test.each([
    '/metrics',
    '/metrics/',
    '/Metrics',
    '//metrics',
    '/v1/metrics',
    '/v1/../metrics',
    '/%6detrics',
    '/metrics?x=1',
  ])('has no %s, with or without a key', async (path) => {
    fixture.engine.answer = (_request, response) => response.end('vllm:num_requests_running 1\n');
    for (const headers of [{}, { authorization: `Bearer ${KEYS[0]}` }]) {
      for (const method of ['GET', 'HEAD', 'POST']) {
        const answer = await fetch(`${fixture.url}${path}`, { method, headers });
        expect([method, answer.status]).toEqual([method, 404]);
        expect(await answer.text()).not.toContain('vllm:');
      }
    }
    expect(fixture.engine.requests).toEqual([]);
  });
});

test('a port that is taken is logged, and is no reason not to serve', async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  const address = taken.address();
  const lines: string[] = [];
  const logger = pino({}, { write: (line: string) => void lines.push(line) });
  const port = typeof address === 'object' && address ? address.port : 0;
  expect(await openToPrometheus({ port, metrics: { read }, logger })).toBeUndefined();
  expect(lines.join('')).toContain('Prometheus cannot read the metrics: their port could not be opened');
  await new Promise((resolve) => taken.close(resolve));
});

function reaches(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const finish = (reached: boolean) => {
      socket.destroy();
      resolve(reached);
    };
    socket.once('connect', () => finish(true)).once('error', () => finish(false));
    // Where packets to an address are dropped, nothing ever comes.
    socket.setTimeout(1_000, () => finish(false));
  });
}
