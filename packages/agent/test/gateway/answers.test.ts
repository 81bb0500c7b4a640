import { describe, expect, it } from 'vitest';
import { CHAT, errorOf, useGateway, WHOLE } from './gateway-fixture.ts';
import type { ScriptedEngine } from './scripted-engine.ts';

const fixture = useGateway();

describe('streams', () => {
  it('pass frame by frame, and count while they last', async () => {
    const finish = Promise.withResolvers<void>();
    fixture.engine.answer = async (_request, response) => {
      beginStream(response).write('data: {"a":1}\n\n');
      await finish.promise;
      response.end('data: [DONE]\n\n');
    };
    const answer = await fixture.chat({ ...CHAT, stream: true });
    const reader = answer.body!.getReader();
    expect(text(await reader.read())).toBe('data: {"a":1}\n\n');
    expect(fixture.gateway.inFlight).toBe(1);
    const idle = fixture.gateway.whenIdle();
    finish.resolve();
    expect(text(await reader.read())).toBe('data: [DONE]\n\n');
    await reader.read();
    await idle;
    expect(fixture.gateway.inFlight).toBe(0);
  });

  it.each([
    ['ends without [DONE]', (response: EngineResponse) => response.end('data: {"a":1}\n\n')],
    ['breaks off inside a frame', (response: EngineResponse) => setTimeout(() => response.destroy(), 20)],
  ])('never end in silence when the engine %s', async (_name, end) => {
    fixture.engine.answer = (_request, response) => {
      beginStream(response).write('data: {"a":1}\n\ndata: {"b');
      end(response);
    };
    const body = await (await fixture.chat({ ...CHAT, stream: true })).text();
    const frames = body.trim().split('\n\n');
    expect(frames[0]).toBe('data: {"a":1}');
    expect(JSON.parse(frames.at(-2)?.slice(6) ?? '')).toMatchObject({ error: { code: 503 } });
    expect(frames.at(-1)).toBe('data: [DONE]');
  });

  it('that the engine gave up are no answers', async () => {
    const text = (finish: string | null) =>
      `data: ${JSON.stringify({ choices: [{ delta: { content: 'a "finish_reason":"abort" b' }, finish_reason: finish }] })}\n\n`;
    const begun = Promise.withResolvers<void>();
    fixture.engine.answer = async (_request, response) => {
      beginStream(response).write(text(null));
      await begun.promise;
      response.end(`${text('abort')}data: [DONE]\n\n`);
    };
    const answer = await fixture.chat({ ...CHAT, stream: true });
    // Its headers come with its first frame.
    begun.resolve();
    const body = await answer.text();
    const frames = body.trim().split('\n\n');
    expect(frames.at(-2)).toContain('the model server was stopped before the answer was complete; ask again');
    expect(frames.at(-1)).toBe('data: [DONE]');
    expect(body).not.toContain('"finish_reason":"abort"}');
  });

  it.each([
    [
      'that is full',
      'data: {"error": {"message": "queue is full", "type": "x", "param": null, "code": 503}}\n\ndata: [DONE]\n\n',
      { status: 503, message: 'queue is full', param: null, retryAfter: '5' },
    ],
    [
      'that names a field',
      'data: {"error": {"message": "no", "type": "x", "param": "seed", "code": 400}}\n\n',
      { status: 400, message: 'no', param: 'seed', retryAfter: null },
    ],
    [
      'without words or code',
      'data: {"error": "x"}\n\ndata: [DONE]\n\n',
      {
        status: 500,
        message: 'the model server told of an error without a message',
        param: null,
        retryAfter: null,
      },
    ],
    [
      'that breaks off',
      '',
      {
        status: 503,
        message: 'the model server ended the stream before the answer was complete',
        param: null,
        retryAfter: '5',
      },
    ],
    [
      'that gives up at once',
      'data: {"choices":[{"delta":{},"finish_reason":"abort"}]}\n\ndata: [DONE]\n\n',
      {
        status: 503,
        message: 'the model server was stopped before the answer was complete; ask again',
        param: null,
        retryAfter: '5',
      },
    ],
  ])(
    'are answered with the status of an engine %s before its first frame',
    async (_name, frames, expected) => {
      fixture.engine.answer = (_request, response) => beginStream(response).end(frames);
      const answer = await fixture.chat({ ...CHAT, stream: true });
      const { message, param, code } = await errorOf(answer);
      expect({
        status: answer.status,
        message,
        param,
        retryAfter: answer.headers.get('retry-after'),
      }).toEqual(expected);
      expect(code).toBe(expected.status);
      expect(answer.headers.get('content-type')).toContain('application/json');
    },
  );

  it('are told when the engine has died, and so are whole answers', async () => {
    fixture.engine.answer = (request, response, body) => {
      if (body.includes('"stream":true')) beginStream(response).write('data: {"a":1}\n\n');
      else request.on('close', () => {});
    };
    const streamed = await fixture.chat({ ...CHAT, stream: true });
    const whole = fixture.chat(CHAT);
    await expect.poll(() => fixture.engine.requests.length).toBe(2);
    fixture.gateway.failInFlight('the model server died');
    expect(await streamed.text()).toContain('"message":"the model server died"');
    expect([(await whole).status, await errorOf(await whole)]).toMatchObject([
      503,
      { message: 'the model server died' },
    ]);
  });

  it('are stopped at the engine when the client leaves', async () => {
    const closed = Promise.withResolvers<void>();
    fixture.engine.answer = (_request, response) => {
      response.on('close', () => closed.resolve());
      beginStream(response).write('data: {"a":1}\n\n');
    };
    const caller = new AbortController();
    const answer = await fixture.chat({ ...CHAT, stream: true }, {}, caller.signal);
    await answer.body!.getReader().read();
    caller.abort();
    await closed.promise;
    await fixture.gateway.whenIdle();
  });
});

describe('states', () => {
  it('are told by /ready, and decide about new requests', async () => {
    expect((await fetch(`${fixture.url}/ready`)).status).toBe(200);
    for (const [state, detail] of [
      ['starting', 'loading'],
      ['draining', 'scale-in'],
      ['failed', 'no file'],
    ] as const) {
      fixture.gateway.setState(state, detail);
      const ready = await fetch(`${fixture.url}/ready`);
      expect([ready.status, await ready.json()]).toMatchObject([503, { state, detail, instanceId: 'i-1' }]);
      const answer = await fixture.chat(CHAT);
      expect(answer.status).toBe(503);
      expect(answer.headers.get('retry-after')).not.toBeNull();
      expect((await fetch(`${fixture.url}/live`)).status).toBe(200);
    }
  });

  it('admit no more than the limit', async () => {
    fixture.engine.answer = (_request, response) =>
      void setTimeout(() => response.end(JSON.stringify(WHOLE)), 300);
    const statuses = await Promise.all(
      Array.from({ length: 4 }, async () => (await fixture.chat(CHAT)).status),
    );
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
    fixture.engine.answer = (_request, response) => response.writeHead(status).end(body);
    const answer = await fixture.chat(CHAT);
    expect(answer.status).toBe(expected);
    expect((await errorOf(answer)).message).toContain(message);
  });
});

type EngineResponse = Parameters<ScriptedEngine['answer']>[1];

function beginStream(response: EngineResponse): EngineResponse {
  return response.writeHead(200, { 'content-type': 'text/event-stream' });
}

function text(chunk: { readonly value?: Uint8Array | undefined }): string {
  return Buffer.from(chunk.value ?? []).toString('utf8');
}
