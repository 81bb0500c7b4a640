import { describe, expect, it, vi } from 'vitest';
import { BalancerConfigError } from '../../src/balancer/index.ts';
import { call } from './call.ts';
import { startTarget } from './local-target.ts';
import { configOf, startTwin, untilState } from './twin.ts';

const MODELS = '/v1/models';

describe('a balancer without anything to balance', () => {
  it('waits for the load balancer, its listener and a healthy target', async () => {
    const target = await startTarget((_request, response) => void response.end('ok'));
    target.health = 503;
    const twin = await startTwin(undefined);
    let ready = false;
    void twin.balancer.ready.then(() => {
      ready = true;
    });
    expect((await call(`${twin.balancer.url}${MODELS}`)).status).toBe(503);
    twin.reader.config = configOf({ listener: undefined });
    await vi.waitFor(() => expect(twin.events.length).toBe(1));
    twin.reader.config = configOf();
    twin.register({ 'i-1': target.port });
    await untilState(twin, 'i-1', 'unhealthy');
    expect(ready).toBe(false);
    target.health = 200;
    await twin.balancer.ready;
    expect((await call(`${twin.balancer.url}${MODELS}`)).body).toBe('ok');
  });

  it('rejects `ready` when stopped before', async () => {
    const twin = await startTwin(undefined);
    await twin.balancer.stop();
    await expect(twin.balancer.ready).rejects.toThrow(
      'the balancer was stopped before it had a healthy target',
    );
  });

  it('fails to start on a port that is taken', async () => {
    const twin = await startTwin(undefined);
    await expect(startTwin(undefined, { port: twin.balancer.port })).rejects.toThrow('EADDRINUSE');
  });

  it('frees its port when stopped', async () => {
    const first = await startTwin(configOf());
    await first.balancer.stop();
    const second = await startTwin(configOf(), { port: first.balancer.port });
    expect(second.balancer.port).toBe(first.balancer.port);
  });
});

describe('a description that cannot be played or read', () => {
  it('is told once, rejects `ready`, gives 500, and is over when it has changed', async () => {
    const twin = await startTwin(undefined);
    twin.reader.failure = new BalancerConfigError(
      'rule/7',
      'condition "source-ip" is not played by the rehearsal',
    );
    await expect(twin.balancer.ready).rejects.toThrow(
      'rule/7: condition "source-ip" is not played by the rehearsal',
    );
    expect((await call(`${twin.balancer.url}/x`)).status).toBe(500);
    expect(twin.balancer.requests().at(-1)?.error).toContain('rule/7');
    twin.reader.failure = undefined;
    twin.reader.config = configOf();
    await vi.waitFor(async () => expect((await call(`${twin.balancer.url}/x`)).status).toBe(404), {
      timeout: 5_000,
    });
    expect(twin.events.filter(({ type }) => type === 'config-error')).toHaveLength(1);
  });

  it('stays in force as last known while the API is away', async () => {
    const target = await startTarget((_request, response) => void response.end('ok'));
    const twin = await startTwin(configOf());
    twin.register({ 'i-1': target.port });
    await twin.balancer.ready;
    twin.reader.failure = new Error('connect ECONNREFUSED');
    await vi.waitFor(() =>
      expect(twin.events.at(-1)).toMatchObject({ type: 'read-failed', message: 'connect ECONNREFUSED' }),
    );
    expect((await call(`${twin.balancer.url}${MODELS}`)).body).toBe('ok');
    expect(twin.events.filter(({ type }) => type === 'read-failed')).toHaveLength(1);
  });
});

describe('changed settings', () => {
  it('are followed: rules, algorithm and health check', async () => {
    const target = await startTarget((_request, response) => void response.end('ok'));
    const twin = await startTwin(configOf());
    twin.register({ 'i-1': target.port });
    await twin.balancer.ready;
    const before = configOf();
    if (!before.listener) throw new Error('no listener');
    twin.reader.config = {
      ...configOf({ check: { matcher: '204' } }),
      listener: { ...before.listener, rules: [] },
    };
    await untilState(twin, 'i-1', 'unhealthy');
    expect((await call(`${twin.balancer.url}${MODELS}`)).status).toBe(404);
  });
});
