import { Agent, request as httpRequest } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { call } from './call.ts';
import { startTarget } from './local-target.ts';
import { configOf, startTwin } from './twin.ts';

const MODELS = '/v1/models';

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
