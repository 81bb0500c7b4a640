import { describe, expect, it, vi } from 'vitest';
import { call } from './call.ts';
import { startTarget } from './local-target.ts';
import { configOf, GROUP, startTwin, type Twin, untilState } from './twin.ts';

const MODELS = '/v1/models';

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
