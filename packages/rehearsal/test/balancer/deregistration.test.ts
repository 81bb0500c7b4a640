import { describe, expect, it, vi } from 'vitest';
import { call } from './call.ts';
import { startTarget } from './local-target.ts';
import { configOf, startTwin, untilState } from './twin.ts';

const MODELS = '/v1/models';

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
