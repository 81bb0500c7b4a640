import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createGateway, type Gateway } from '../../src/gateway/index.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { type ScriptedEngine, startScriptedEngine } from './scripted-engine.ts';

const KEYS = ['new-key-0123456789', 'old-key-0123456789'];
const CHAT = { model: 'pixtral-12b', messages: [{ role: 'user', content: 'Hi' }] };
const WHOLE = { choices: [{ index: 0, message: { content: 'hello' }, finish_reason: 'stop' }] };

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let engine: ScriptedEngine;
let gateway: Gateway;
let url: string;

beforeEach(async () => {
  folder = await temporaryFolder();
  const engineSocketPath = join(folder.path, 'e.sock');
  engine = await startScriptedEngine(engineSocketPath);
  gateway = createGateway({
    instanceId: 'i-1',
    servedModelName: 'pixtral-12b',
    engineSocketPath,
    apiKeys: () => KEYS,
    logger: pino({ level: 'silent' }),
    limits: {
      port: 8080,
      maxBodyBytes: 10_000,
      maxImages: 2,
      maxImagePixels: 1_000_000,
      maxImageBytes: 4_000,
      maxInFlight: 2,
      keepAliveSeconds: 75,
    },
  });
  url = `http://127.0.0.1:${(await gateway.listen({ host: '127.0.0.1', port: 0 })).port}`;
  gateway.setState('ready');
});
afterEach(async () => {
  await gateway.close();
  await engine[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

describe('who may ask', () => {
  it.each(KEYS)('has the key %s', async (key) => {
    engine.answer = (_request, response) => response.end(JSON.stringify(WHOLE));
    expect((await chat(CHAT, { authorization: `Bearer ${key}` })).status).toBe(200);
  });

  it.each([undefined, 'Bearer wrong', `Basic ${KEYS[0]}`, 'Bearer ', `Bearer ${KEYS[0]?.slice(0, -1)}`])(
    'is refused with %s',
    async (authorization) => {
      const answer = await chat(CHAT, authorization ? { authorization } : { authorization: '' });
      expect([answer.status, await answer.json()]).toMatchObject([
        401,
        { error: { type: 'AuthenticationError', code: 401 } },
      ]);
      expect(answer.headers.get('x-pixtral-instance')).toBe('i-1');
      expect(engine.requests).toEqual([]);
    },
  );

  it('never passes the key on to the engine', async () => {
    engine.answer = (_request, response) => response.end(JSON.stringify(WHOLE));
    await chat(CHAT);
    expect(JSON.stringify(engine.requests)).not.toContain(KEYS[0]);
  });
});

describe('what may be asked', () => {
  it.each(['/tokenize', '/metrics', '/invocations', '/v1/completions', '/health'])(
    'is not %s',
    async (path) => {
      const answer = await fetch(url + path, {
        method: 'POST',
        headers: { authorization: `Bearer ${KEYS[0]}` },
      });
      expect([answer.status, await answer.json()]).toMatchObject([404, { error: { code: 404 } }]);
      expect(engine.requests).toEqual([]);
    },
  );

  it.each([
    ['no JSON', 'x', 400, 'the body is not valid JSON'],
    ['a list', '[]', 400, 'the body must be a JSON object, got an empty list'],
    ['too much', 'x'.repeat(10_001), 413, 'the body has more than 10000 bytes'],
  ])('is not %s', async (_name, body, status, message) => {
    const answer = await post(body);
    expect(answer.status).toBe(status);
    expect((await errorOf(answer)).message).toContain(message);
  });

  it.each([
    [{ guided_json: {} }, 'guided_json', '"guided_json" is not accepted: removed from vLLM'],
    [{ chat_template: 'x' }, 'chat_template', 'templates run on the server'],
    [{ logit_bias: {} }, 'logit_bias', 'poisons the GPU'],
    [{ n: 5 }, 'n', '"n" must be a whole number from 1 to 4, got 5'],
    [{ max_tokens: 0 }, 'max_tokens', '"max_tokens" must be a whole number from 1 up, got 0'],
    [{ model: 'gpt' }, 'model', 'The model `gpt` does not exist.'],
    [{ messages: [] }, 'messages', 'got an empty list'],
    [{ messages: [{ role: 'user' }] }, 'messages[0].content', '"messages[0].content" is missing'],
  ])('is not %j', async (change, param, message) => {
    const error = await errorOf(await chat({ ...CHAT, ...change }));
    expect(error).toMatchObject({ param });
    expect(error.message).toContain(message);
    expect(engine.requests).toEqual([]);
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
    [dataUri(png(10_000, 10_000)), 'the picture has 10000x10000 pixels, at most 1000000'],
    [dataUri(png(8, 8).subarray(0, 20)), 'the PNG ends after 20 bytes'],
    [dataUri(Buffer.alloc(4_001)), 'the picture has 4001 bytes, at most 4000'],
  ])('are refused: %s', async (picture, message) => {
    const error = await errorOf(await chat(withPictures(picture)));
    expect(error).toMatchObject({ code: 400, param: 'messages[0].content[0].image_url.url' });
    expect(error.message).toContain(message);
    expect(engine.requests).toEqual([]);
  });

  it('are refused beyond the limit, and passed on byte by byte below it', async () => {
    const uri = dataUri(png(8, 8));
    expect((await errorOf(await chat(withPictures(uri, uri, uri)))).message).toBe(
      'at most 2 pictures may be in one request',
    );
    engine.answer = (_request, response) => response.end(JSON.stringify(WHOLE));
    const body = JSON.stringify(withPictures(uri, uri), null, 3);
    expect((await post(body)).status).toBe(200);
    expect(engine.requests[0]?.body).toBe(body);
  });

  it('are the only parts beside text', async () => {
    const messages = [{ role: 'user', content: [{ type: 'video_url', video_url: { url: 'http://x' } }] }];
    const error = await errorOf(await chat({ ...CHAT, messages }));
    expect(error.message).toBe(
      '"messages[0].content[0].type" must be "text" or "image_url", got "video_url"',
    );
  });
});

describe('streams', () => {
  it('pass frame by frame, and count while they last', async () => {
    const finish = Promise.withResolvers<void>();
    engine.answer = async (_request, response) => {
      beginStream(response).write('data: {"a":1}\n\n');
      await finish.promise;
      response.end('data: [DONE]\n\n');
    };
    const answer = await chat({ ...CHAT, stream: true });
    const reader = answer.body!.getReader();
    expect(text(await reader.read())).toBe('data: {"a":1}\n\n');
    expect(gateway.inFlight).toBe(1);
    const idle = gateway.whenIdle();
    finish.resolve();
    expect(text(await reader.read())).toBe('data: [DONE]\n\n');
    await reader.read();
    await idle;
    expect(gateway.inFlight).toBe(0);
  });

  it.each([
    ['ends without [DONE]', (response: EngineResponse) => response.end('data: {"a":1}\n\n')],
    ['breaks off inside a frame', (response: EngineResponse) => setTimeout(() => response.destroy(), 20)],
  ])('never end in silence when the engine %s', async (_name, end) => {
    engine.answer = (_request, response) => {
      beginStream(response).write('data: {"a":1}\n\ndata: {"b');
      end(response);
    };
    const body = await (await chat({ ...CHAT, stream: true })).text();
    const frames = body.trim().split('\n\n');
    expect(frames[0]).toBe('data: {"a":1}');
    expect(JSON.parse(frames.at(-2)?.slice(6) ?? '')).toMatchObject({ error: { code: 503 } });
    expect(frames.at(-1)).toBe('data: [DONE]');
  });

  it('are told when the engine has died, and so are whole answers', async () => {
    engine.answer = (request, response, body) => {
      if (body.includes('"stream":true')) beginStream(response).write('data: {"a":1}\n\n');
      else request.on('close', () => {});
    };
    const streamed = await chat({ ...CHAT, stream: true });
    const whole = chat(CHAT);
    await expect.poll(() => engine.requests.length).toBe(2);
    gateway.engineDied('the model server died');
    expect(await streamed.text()).toContain('"message":"the model server died"');
    expect([(await whole).status, await errorOf(await whole)]).toMatchObject([
      503,
      { message: 'the model server died' },
    ]);
  });

  it('are stopped at the engine when the client leaves', async () => {
    const closed = Promise.withResolvers<void>();
    engine.answer = (_request, response) => {
      response.on('close', () => closed.resolve());
      beginStream(response).write('data: {"a":1}\n\n');
    };
    const caller = new AbortController();
    const answer = await chat({ ...CHAT, stream: true }, {}, caller.signal);
    await answer.body!.getReader().read();
    caller.abort();
    await closed.promise;
    await gateway.whenIdle();
  });
});

describe('states', () => {
  it('are told by /ready, and decide about new requests', async () => {
    expect((await fetch(`${url}/ready`)).status).toBe(200);
    for (const [state, detail] of [
      ['starting', 'loading'],
      ['draining', 'scale-in'],
      ['failed', 'no file'],
    ] as const) {
      gateway.setState(state, detail);
      const ready = await fetch(`${url}/ready`);
      expect([ready.status, await ready.json()]).toMatchObject([503, { state, detail, instanceId: 'i-1' }]);
      const answer = await chat(CHAT);
      expect(answer.status).toBe(503);
      expect(answer.headers.get('retry-after')).not.toBeNull();
      expect((await fetch(`${url}/live`)).status).toBe(200);
    }
  });

  it('admit no more than the limit', async () => {
    engine.answer = (_request, response) => void setTimeout(() => response.end(JSON.stringify(WHOLE)), 300);
    const statuses = await Promise.all(Array.from({ length: 4 }, async () => (await chat(CHAT)).status));
    expect(statuses.toSorted()).toEqual([200, 200, 429, 429]);
  });
});

describe('what the engine answers', () => {
  it.each([
    [404, '{"detail":"Not Found"}', 404, 'Not Found'],
    [401, '{"error":"Unauthorized"}', 401, 'Unauthorized'],
    [500, '', 500, 'the model server answered with status 500 and no message'],
    [
      400,
      '{"error":{"message":"too long","type":"BadRequestError","param":null,"code":400}}',
      400,
      'too long',
    ],
    [200, '{"choices":[{"finish_reason":"abort"}]}', 503, 'stopped before the answer was complete'],
  ])('%i %s comes in one shape', async (status, body, expected, message) => {
    engine.answer = (_request, response) => response.writeHead(status).end(body);
    const answer = await chat(CHAT);
    expect(answer.status).toBe(expected);
    expect((await errorOf(answer)).message).toContain(message);
  });
});

type EngineResponse = Parameters<ScriptedEngine['answer']>[1];

function beginStream(response: EngineResponse): EngineResponse {
  return response.writeHead(200, { 'content-type': 'text/event-stream' });
}

function chat(body: object, headers: Record<string, string> = {}, signal?: AbortSignal): Promise<Response> {
  return post(JSON.stringify(body), headers, signal);
}

function post(body: string, headers: Record<string, string> = {}, signal?: AbortSignal): Promise<Response> {
  return fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${KEYS[0]}`, ...headers },
    body,
    ...(signal ? { signal } : {}),
  });
}

async function errorOf(answer: Response): Promise<{ message: string; param: string | null; code: number }> {
  return ((await answer.json()) as { error: { message: string; param: string | null; code: number } }).error;
}

function withPictures(...urls: string[]) {
  const content = urls.map((picture) => ({ type: 'image_url', image_url: { url: picture } }));
  return { ...CHAT, messages: [{ role: 'user', content }] };
}

function dataUri(bytes: Buffer | string): string {
  return `data:image/png;base64,${Buffer.from(bytes).toString('base64')}`;
}

function png(width: number, height: number): Buffer {
  const bytes = Buffer.alloc(40);
  Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]).copy(bytes);
  bytes.writeUInt32BE(width, 16);
  bytes.writeUInt32BE(height, 20);
  return bytes;
}

function text(chunk: { readonly value?: Uint8Array | undefined }): string {
  return Buffer.from(chunk.value ?? []).toString('utf8');
}
