import { describe, expect, it, vi } from 'vitest';
import { BalancerConfigError } from '../../src/balancer/index.ts';
import { call } from './call.ts';
import { startTarget } from './local-target.ts';
import { configOf, GROUP, startTwin, type Twin, untilState } from './twin.ts';

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

describe('health', () => {
  const statesOf = (twin: Twin, id: string) =>
    twin.events.flatMap((event) =>
      event.type === 'target-state' && event.target.id === id ? [event.to] : [],
    );

  it('takes an unhealthy target out and brings it back', async () => {
    const [a, b] = await Promise.all(
      ['a', 'b'].map((name) => startTarget((_request, response) => void response.end(name))),
    );
    if (!a || !b) throw new Error('no targets');
    const twin = await startTwin(configOf());
    twin.register({ 'i-a': a.port, 'i-b': b.port });
    await untilState(twin, 'i-a', 'healthy');
    await untilState(twin, 'i-b', 'healthy');
    a.health = 503;
    await untilState(twin, 'i-a', 'unhealthy');
    expect(twin.balancer.targets()[0]).toMatchObject({
      reason: 'Target.ResponseCodeMismatch',
      description: 'Health checks failed with these codes: [503]',
    });
    const bodies = await Promise.all(
      Array.from({ length: 6 }, async () => (await call(`${twin.balancer.url}${MODELS}`)).body),
    );
    expect(new Set(bodies)).toEqual(new Set(['b']));
    a.health = 200;
    await untilState(twin, 'i-a', 'healthy');
    expect(statesOf(twin, 'i-a')).toEqual(['initial', 'healthy', 'unhealthy', 'healthy']);
  });

  it('fails open when all targets are unhealthy', async () => {
    const target = await startTarget((_request, response) => void response.end('still there'));
    target.health = 500;
    const twin = await startTwin(configOf());
    twin.register({ 'i-1': target.port });
    await untilState(twin, 'i-1', 'unhealthy');
    expect(await call(`${twin.balancer.url}${MODELS}`)).toMatchObject({ status: 200, body: 'still there' });
    expect(twin.events.at(-1)).toMatchObject({ type: 'failed-open', target: { id: 'i-1' } });
  });

  it('counts a check that takes too long as failed', async () => {
    const target = await startTarget(() => undefined);
    target.server.removeAllListeners('request');
    const twin = await startTwin(configOf({ check: { timeoutSeconds: 0.05, intervalSeconds: 0.1 } }));
    twin.register({ 'i-1': target.port });
    await untilState(twin, 'i-1', 'unhealthy');
    expect(twin.balancer.targets()[0]).toMatchObject({
      reason: 'Target.Timeout',
      description: 'Request timed out',
    });
  });

  it('is reported for every group, with the reason', async () => {
    const target = await startTarget(() => undefined);
    const reports: unknown[] = [];
    const twin = await startTwin(configOf(), {
      reportHealth: async (arn, states) => void reports.push([arn, states]),
    });
    twin.register({ 'i-1': target.port });
    await twin.balancer.ready;
    target.health = 503;
    await untilState(twin, 'i-1', 'unhealthy');
    await vi.waitFor(() =>
      expect(reports.at(-1)).toEqual([
        GROUP,
        { 'i-1': { state: 'unhealthy', reason: 'Target.ResponseCodeMismatch' } },
      ]),
    );
    expect(reports).toContainEqual([GROUP, { 'i-1': { state: 'healthy' } }]);
  });

  it('goes on when a report is refused', async () => {
    const target = await startTarget((_request, response) => void response.end('ok'));
    const twin = await startTwin(configOf(), { reportHealth: () => Promise.reject(new Error('refused')) });
    twin.register({ 'i-1': target.port });
    await twin.balancer.ready;
    await vi.waitFor(() =>
      expect(twin.events).toContainEqual(
        expect.objectContaining({ type: 'report-failed', message: 'refused' }),
      ),
    );
    expect((await call(`${twin.balancer.url}${MODELS}`)).body).toBe('ok');
  });
});

describe('deregistration', () => {
  it('sends nothing new to a draining target and lets what runs end', async () => {
    const { promise: mayEnd, resolve: end } = Promise.withResolvers<void>();
    const old = await startTarget(async (_request, response) => {
      response.write('begun ');
      await mayEnd;
      response.end('ended');
    });
    const next = await startTarget((_request, response) => void response.end('new'));
    const twin = await startTwin(configOf());
    twin.register({ 'i-old': old.port });
    await twin.balancer.ready;
    const begun = Promise.withResolvers<void>();
    const running = call(`${twin.balancer.url}${MODELS}`, { onData: () => begun.resolve() });
    await begun.promise;
    twin.register({ 'i-new': next.port });
    await untilState(twin, 'i-old', 'draining');
    await untilState(twin, 'i-new', 'healthy');
    for (let at = 0; at < 3; at++) expect((await call(`${twin.balancer.url}${MODELS}`)).body).toBe('new');
    expect(twin.events.some(({ type }) => type === 'target-drained')).toBe(false);
    end();
    expect(await running).toMatchObject({ body: 'begun ended', complete: true });
    await vi.waitFor(() =>
      expect(twin.events.at(-1)).toMatchObject({ type: 'target-drained', target: { id: 'i-old' } }),
    );
  });

  it('gives 503 when the only target drains', async () => {
    const target = await startTarget((_request, response) => void response.end('ok'));
    const twin = await startTwin(configOf());
    twin.register({ 'i-1': target.port });
    await twin.balancer.ready;
    twin.register({});
    await untilState(twin, 'i-1', 'draining');
    expect((await call(`${twin.balancer.url}${MODELS}`)).status).toBe(503);
  });

  it('cuts what still runs when the delay ends: 502 before the headers, a broken connection after', async () => {
    const seen: string[] = [];
    const target = await startTarget((request, response) => {
      seen.push(request.url ?? '');
      if (request.url?.endsWith('?headers')) response.write('half');
    });
    const twin = await startTwin(configOf({ group: { deregistrationDelaySeconds: 0.3 } }));
    twin.register({ 'i-1': target.port });
    await twin.balancer.ready;
    const silent = call(`${twin.balancer.url}${MODELS}`);
    const halfway = call(`${twin.balancer.url}${MODELS}?headers`);
    await vi.waitFor(() => expect(seen).toHaveLength(2), { timeout: 5_000 });
    twin.register({});
    expect((await silent).status).toBe(502);
    expect(await halfway).toMatchObject({ status: 200, body: 'half', complete: false });
    await vi.waitFor(() => expect(twin.balancer.targets()).toEqual([]));
    expect(
      twin.balancer.requests().map(({ status, outcome, error }) => [status, outcome, error]),
    ).toContainEqual([
      ...[200, 'deregistered', 'the deregistration delay ended before the target had answered'],
    ]);
  });

  it('begins anew as initial when the target is registered again while draining', async () => {
    const target = await startTarget((_request, response) => void response.end('ok'));
    const twin = await startTwin(configOf());
    twin.register({ 'i-1': target.port });
    await twin.balancer.ready;
    twin.register({});
    await untilState(twin, 'i-1', 'draining');
    twin.register({ 'i-1': target.port });
    await vi.waitFor(() =>
      expect(twin.balancer.targets().map(({ state }) => state)).toEqual(['draining', 'healthy']),
    );
    expect((await call(`${twin.balancer.url}${MODELS}`)).body).toBe('ok');
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
