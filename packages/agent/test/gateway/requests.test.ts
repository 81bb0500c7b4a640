import { describe, expect, it } from 'vitest';
import { CHAT, errorOf, KEYS, useGateway, WHOLE } from './gateway-fixture.ts';
import { drawPng } from './pictures/draw-png.ts';

const fixture = useGateway();

describe('who may ask', () => {
  it.each(KEYS)('has the key %s', async (key) => {
    fixture.engine.answer = (_request, response) => response.end(JSON.stringify(WHOLE));
    expect((await fixture.chat(CHAT, { authorization: `Bearer ${key}` })).status).toBe(200);
  });

  it.each([undefined, 'Bearer wrong', `Basic ${KEYS[0]}`, 'Bearer ', `Bearer ${KEYS[0]?.slice(0, -1)}`])(
    'is refused with %s',
    async (authorization) => {
      const answer = await fixture.chat(CHAT, authorization ? { authorization } : { authorization: '' });
      expect([answer.status, await answer.json()]).toMatchObject([
        401,
        { error: { type: 'AuthenticationError', code: 401 } },
      ]);
      expect(answer.headers.get('x-pixtral-instance')).toBe('i-1');
      expect(fixture.engine.requests).toEqual([]);
    },
  );

  it('never passes the key on to the engine', async () => {
    fixture.engine.answer = (_request, response) => response.end(JSON.stringify(WHOLE));
    await fixture.chat(CHAT);
    expect(JSON.stringify(fixture.engine.requests)).not.toContain(KEYS[0]);
  });
});

describe('what may be asked', () => {
  it.each(['/tokenize', '/metrics', '/invocations', '/v1/completions', '/health'])(
    'is not %s',
    async (path) => {
      const answer = await fetch(fixture.url + path, {
        method: 'POST',
        headers: { authorization: `Bearer ${KEYS[0]}` },
      });
      expect([answer.status, await answer.json()]).toMatchObject([404, { error: { code: 404 } }]);
      expect(fixture.engine.requests).toEqual([]);
    },
  );

  it.each([
    ['no JSON', 'x', 400, 'the body is not valid JSON'],
    ['a list', '[]', 400, 'the body must be a JSON object, got an empty list'],
    ['too much', 'x'.repeat(10_001), 413, 'the body has more than 10000 bytes'],
  ])('is not %s', async (_name, body, status, message) => {
    const answer = await fixture.post(body);
    expect(answer.status).toBe(status);
    expect((await errorOf(answer)).message).toContain(message);
  });

  it.each([
    [{ guided_json: {} }, 'guided_json', '"guided_json" is not accepted: removed from vLLM'],
    [{ chat_template: 'x' }, 'chat_template', 'templates run on the server'],
    [{ logit_bias: {} }, 'logit_bias', 'poisons the GPU'],
    [{ n: 5 }, 'n', '"n" must be a whole number from 1 to 4, got 5'],
    [{ max_tokens: 0 }, 'max_tokens', '"max_tokens" must be a whole number from 1 to 16384, got 0'],
    [{ model: 'gpt' }, 'model', 'The model `gpt` does not exist.'],
    [{ messages: [] }, 'messages', 'got an empty list'],
    [{ messages: [{ role: 'user' }] }, 'messages[0].content', '"messages[0].content" is missing'],
  ])('is not %j', async (change, param, message) => {
    const error = await errorOf(await fixture.chat({ ...CHAT, ...change }));
    expect(error).toMatchObject({ param });
    expect(error.message).toContain(message);
    expect(fixture.engine.requests).toEqual([]);
  });
});

describe('pictures', () => {
  it.each([
    ['http://169.254.169.254/latest', 'never fetches URLs (got http:)'],
    ['file:///etc/passwd', 'never fetches URLs (got file:)'],
    ['data:image/png,abc', 'a data URI must be base64'],
    ['data:image/png;base64,@@@@', 'not valid base64'],
    ['data:image/png;base64,', 'the picture has zero bytes'],
    [dataUri('hello world, no picture'), 'expected PNG, JPEG, WebP or GIF'],
    [dataUri(drawPng(10_000, 10_000)), 'the picture has 10000x10000 pixels, at most 1000000'],
    [dataUri(drawPng(8, 8).subarray(0, 20)), 'the PNG ends after 20 bytes'],
    [dataUri(Buffer.alloc(4_001)), 'the picture has 4001 bytes, at most 4000'],
  ])('are refused: %s', async (picture, message) => {
    const error = await errorOf(await fixture.chat(withPictures(picture)));
    expect(error).toMatchObject({ code: 400, param: 'messages[0].content[0].image_url.url' });
    expect(error.message).toContain(message);
    expect(fixture.engine.requests).toEqual([]);
  });

  it('are refused beyond the limit, and passed on byte by byte below it', async () => {
    const uri = dataUri(drawPng(8, 8));
    expect((await errorOf(await fixture.chat(withPictures(uri, uri, uri)))).message).toBe(
      'at most 2 pictures may be in one request',
    );
    fixture.engine.answer = (_request, response) => response.end(JSON.stringify(WHOLE));
    const body = JSON.stringify(withPictures(uri, uri), null, 3);
    expect((await fixture.post(body)).status).toBe(200);
    expect(fixture.engine.requests[0]?.body).toBe(body);
  });

  it('are the only parts beside text', async () => {
    const messages = [{ role: 'user', content: [{ type: 'video_url', video_url: { url: 'http://x' } }] }];
    const error = await errorOf(await fixture.chat({ ...CHAT, messages }));
    expect(error.message).toBe(
      '"messages[0].content[0].type" must be "text" or "image_url", got "video_url"',
    );
  });
});

function withPictures(...urls: string[]) {
  const content = urls.map((picture) => ({ type: 'image_url', image_url: { url: picture } }));
  return { ...CHAT, messages: [{ role: 'user', content }] };
}

function dataUri(bytes: Buffer | string): string {
  return `data:image/png;base64,${Buffer.from(bytes).toString('base64')}`;
}
