import { describe, expect, it } from 'vitest';
import { CHAT, errorOf, useGateway, WHOLE } from '../gateway-fixture.ts';

const fixture = useGateway();

/** An engine with one place, whose answers wait until they are let go. */
function holdAnswers(): { readonly release: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  fixture.capacity = { batchSize: 1, kvCacheTokens: undefined };
  fixture.engine.answer = async (_request, response) => {
    await promise;
    response.end(JSON.stringify(WHOLE));
  };
  return { release: () => resolve() };
}

const atEngine = () => fixture.engine.requests.length;

describe('a request for which the engine has no place', () => {
  it('waits in the gateway, and goes when there is one', async () => {
    const { release } = holdAnswers();
    const first = fixture.chat(CHAT);
    await expect.poll(atEngine).toBe(1);
    const second = fixture.chat(CHAT);
    await expect.poll(() => fixture.gateway.inFlight).toBe(2);
    expect(atEngine()).toBe(1);
    release();
    expect([(await first).status, (await second).status]).toEqual([200, 200]);
    expect(atEngine()).toBe(2);
  });

  it('never gets there when its client leaves first', async () => {
    const { release } = holdAnswers();
    const first = fixture.chat(CHAT);
    await expect.poll(atEngine).toBe(1);
    const left = new AbortController();
    const second = fixture.chat(CHAT, {}, left.signal);
    await expect.poll(() => fixture.gateway.inFlight).toBe(2);
    left.abort();
    await expect(second).rejects.toThrow('aborted');
    await expect.poll(() => fixture.gateway.inFlight).toBe(1);
    release();
    expect((await first).status).toBe(200);
    await fixture.gateway.whenIdle();
    expect(atEngine()).toBe(1);
  });

  it('is told at once to ask elsewhere when the instance goes away, while what is at the engine goes on', async () => {
    const { release } = holdAnswers();
    const first = fixture.chat(CHAT);
    await expect.poll(atEngine).toBe(1);
    const second = fixture.chat(CHAT);
    await expect.poll(() => fixture.gateway.inFlight).toBe(2);
    fixture.gateway.setState('draining', 'scale-in');
    const told = await second;
    expect([told.status, told.headers.get('retry-after')]).toEqual([503, '1']);
    expect((await errorOf(told)).message).toBe('this instance is going away; ask again');
    release();
    expect((await first).status).toBe(200);
    expect(atEngine()).toBe(1);
  });

  it('is told when the model server dies', async () => {
    holdAnswers();
    const first = fixture.chat(CHAT);
    await expect.poll(atEngine).toBe(1);
    const both = [first, fixture.chat(CHAT)];
    await expect.poll(() => fixture.gateway.inFlight).toBe(2);
    fixture.gateway.failInFlight('the model server died');
    for (const answer of await Promise.all(both)) {
      expect([answer.status, (await errorOf(answer)).message]).toEqual([503, 'the model server died']);
    }
    expect(atEngine()).toBe(1);
  });

  it('is refused when its client would not wait so long, and told when to come back', async () => {
    const { release } = holdAnswers();
    const first = fixture.chat({ ...CHAT, max_tokens: 200 });
    await expect.poll(atEngine).toBe(1);
    const refused = await fixture.chat(CHAT, { 'x-request-timeout-ms': '500' });
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect((await errorOf(refused)).message).toMatch(
      /^this instance is too busy to answer within 0\.5 s \(X-Request-Timeout-Ms\): the request would wait \d+ s first$/,
    );
    release();
    expect((await first).status).toBe(200);
    // An idle engine tries what it is asked, however short the time.
    expect((await fixture.chat(CHAT, { 'x-request-timeout-ms': '500' })).status).toBe(200);
  });
});

describe('a header that cannot be used', () => {
  it.each([
    [
      'x-request-timeout-ms',
      'soon',
      '"X-Request-Timeout-Ms" must be a whole number of milliseconds from 1 up, got "soon"',
    ],
    [
      'x-request-timeout-ms',
      '0',
      '"X-Request-Timeout-Ms" must be a whole number of milliseconds from 1 up, got "0"',
    ],
    ['x-request-timeout-ms', '1.5', 'got "1.5"'],
    ['x-request-priority', 'urgent', '"X-Request-Priority" must be "interactive" or "batch", got "urgent"'],
  ])('%s: %s is refused by its name', async (header, value, message) => {
    const answer = await fixture.chat(CHAT, { [header]: value });
    expect(answer.status).toBe(400);
    expect((await errorOf(answer)).message).toContain(message);
    expect(atEngine()).toBe(0);
  });

  it.each([
    ['x-request-timeout-ms', '999999999999999'],
    ['x-request-priority', 'batch'],
    ['x-request-priority', 'interactive'],
  ])('%s: %s is taken', async (header, value) => {
    fixture.engine.answer = (_request, response) => response.end(JSON.stringify(WHOLE));
    expect((await fixture.chat(CHAT, { [header]: value })).status).toBe(200);
  });
});
