import { countImageTokens } from '@pixtral-fleet/catalog';
import { beforeEach, describe, expect, it } from 'vitest';
import { parseApiKeys } from '../../../src/config/api-keys.ts';
import { CHAT, errorOf, useGateway, WHOLE } from '../gateway-fixture.ts';
import { drawPng } from '../pictures/draw-png.ts';

const fixture = useGateway();
const KEY = 'key-of-team-0123456789';

function useKeys(...keys: readonly object[]): void {
  fixture.apiKeys = parseApiKeys(JSON.stringify({ keys }));
}

function ask(key: string = KEY, body: object = CHAT): Promise<Response> {
  return fixture.chat(body, { authorization: `Bearer ${key}` });
}

beforeEach(() => {
  fixture.engine.answer = (_request, response) => response.end(JSON.stringify(WHOLE));
});

describe('scopes', () => {
  it('let a key do what they name, and say what is missing', async () => {
    useKeys(
      { name: 'asker', key: KEY, scopes: ['chat'] },
      { name: 'reader', key: `${KEY}r`, scopes: ['models'] },
    );
    expect((await ask()).status).toBe(200);
    const models = (key: string) =>
      fetch(`${fixture.url}/v1/models`, { headers: { authorization: `Bearer ${key}` } });
    expect((await models(`${KEY}r`)).status).toBe(200);
    expect(await (await models(KEY)).json()).toEqual({
      error: {
        message: 'the API key "asker" has no scope models (it has chat), which /v1/models needs',
        type: 'PermissionDeniedError',
        param: null,
        code: 403,
      },
    });
    expect((await errorOf(await ask(`${KEY}r`))).message).toBe(
      'the API key "reader" has no scope chat (it has models), which /v1/chat/completions needs',
    );
  });
});

describe('an expiry', () => {
  it('ends a key at its moment', async () => {
    useKeys({ name: 'guest', key: KEY, expires: '2026-11-28T00:00:01Z' });
    expect((await ask()).status).toBe(200);
    fixture.clock = 1_000;
    const answer = await ask();
    expect([answer.status, (await errorOf(answer)).message]).toEqual([
      401,
      'the API key "guest" expired at 2026-11-28T00:00:01Z',
    ]);
  });
});

describe('where the key is sent', () => {
  it('may be X-Api-Key, which then counts alone: a balancer may want Authorization for its own token', async () => {
    useKeys({ name: 'team', key: KEY });
    const status = async (headers: Record<string, string>) => (await fixture.chat(CHAT, headers)).status;
    expect(await status({ 'x-api-key': KEY, authorization: 'Bearer a.jwt.token' })).toBe(200);
    expect(await status({ 'x-api-key': 'wrong', authorization: `Bearer ${KEY}` })).toBe(401);
  });
});

describe('requests a minute', () => {
  it('are counted for each key, told in headers, and refused with an honest Retry-After', async () => {
    useKeys({ name: 'slow', key: KEY, requestsPerMinute: 2 }, { name: 'free', key: `${KEY}f` });
    const first = await ask();
    expect([first.status, ratesOf(first)]).toEqual([
      200,
      { 'limit-requests': '2', 'remaining-requests': '1', 'reset-requests': '30s' },
    ]);
    expect((await ask()).status).toBe(200);
    const refused = await ask();
    expect(await refused.json()).toEqual({
      error: {
        message: 'the key "slow" has used its 2 requests a minute on this instance',
        type: 'TooManyRequestsError',
        param: null,
        code: 429,
      },
    });
    expect([refused.status, refused.headers.get('retry-after'), ratesOf(refused)]).toEqual([
      429,
      '30',
      { 'limit-requests': '2', 'remaining-requests': '0', 'reset-requests': '60s' },
    ]);
    const free = await ask(`${KEY}f`);
    expect([free.status, ratesOf(free)]).toEqual([200, {}]);
    fixture.clock = 30_000;
    const again = await ask();
    expect([again.status, await again.json()]).toEqual([200, WHOLE]);
    expect(fixture.engine.requests).toHaveLength(4);
  });

  it('stay used when the secret is read again, and begin anew with another limit', async () => {
    const key = { name: 'slow', key: KEY, requestsPerMinute: 1 };
    useKeys(key);
    await ask();
    useKeys(key, { name: 'another', key: `${KEY}a` });
    expect((await ask()).status).toBe(429);
    useKeys({ ...key, requestsPerMinute: 5 });
    expect((await ask()).status).toBe(200);
  });
});

describe('image tokens a minute', () => {
  it('are given back where admission sends the request away', async () => {
    useKeys({ name: 'eye', key: KEY, imageTokensPerMinute: 5_000 });
    const picture = {
      type: 'image_url',
      image_url: { url: `data:image/png;base64,${drawPng(512).toString('base64')}` },
    };
    const asked = { ...CHAT, messages: [{ role: 'user', content: [picture] }] };
    const tokens = countImageTokens({ width: 512, height: 512 });
    const finish = Promise.withResolvers<void>();
    fixture.engine.answer = async (_request, response) => {
      await finish.promise;
      response.end(JSON.stringify(WHOLE));
    };
    const admitted = [ask(KEY, asked), ask(KEY, asked)];
    await expect.poll(() => fixture.engine.requests.length).toBe(2);
    for (const _ of [1, 2, 3]) {
      const refused = await ask(KEY, asked);
      expect([refused.status, refused.headers.get('x-ratelimit-remaining-image-tokens')]).toEqual([
        429,
        String(5_000 - 2 * tokens),
      ]);
      expect((await errorOf(refused)).message).toContain('requests in flight and admits no more');
    }
    fixture.gateway.setState('draining');
    expect((await ask(KEY, asked)).headers.get('x-ratelimit-remaining-image-tokens')).toBe(
      String(5_000 - 2 * tokens),
    );
    finish.resolve();
    for (const answer of await Promise.all(admitted)) expect(answer.status).toBe(200);
  });

  const width = 500;
  const tokens = countImageTokens({ width, height: width });
  const picture = {
    type: 'image_url',
    image_url: { url: `data:image/png;base64,${drawPng(width).toString('base64')}` },
  };
  const seeing = { ...CHAT, messages: [{ role: 'user', content: [picture] }] };

  it('are what pictures take, and leave text alone', async () => {
    useKeys({ name: 'eye', key: KEY, imageTokensPerMinute: 5_000 });
    const times = Math.floor(5_000 / tokens);
    for (let time = 0; time < times; time++) expect((await ask(KEY, seeing)).status).toBe(200);
    const refused = await ask(KEY, seeing);
    expect([refused.status, (await errorOf(refused)).message]).toEqual([
      429,
      'the key "eye" has used its 5000 image tokens a minute on this instance',
    ]);
    const missing = tokens - (5_000 - times * tokens);
    expect(refused.headers.get('retry-after')).toBe(String(Math.ceil((missing * 60) / 5_000)));
    expect(ratesOf(refused)).toMatchObject({
      'limit-image-tokens': '5000',
      'remaining-image-tokens': String(5_000 - times * tokens),
    });
    expect((await ask()).status).toBe(200);
  });

  it('never suffice for some requests, which are told so', async () => {
    useKeys({ name: 'eye', key: KEY, imageTokensPerMinute: 4_160 });
    const content = Array.from({ length: 2 }, () => ({
      type: 'image_url',
      image_url: { url: `data:image/png;base64,${drawPng(1_000).toString('base64')}` },
    }));
    const answer = await ask(KEY, { ...CHAT, messages: [{ role: 'user', content }] });
    const both = 2 * countImageTokens({ width: 1_000, height: 1_000 });
    expect([answer.status, (await errorOf(answer)).message]).toEqual([
      400,
      `the pictures take ${both} image tokens, and the key "eye" has 4160 a minute on each instance: ask about fewer or smaller pictures`,
    ]);
  });
});

function ratesOf(answer: Response): Record<string, string> {
  const prefix = 'x-ratelimit-';
  return Object.fromEntries(
    [...answer.headers]
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, value]) => [name.slice(prefix.length), value]),
  );
}
