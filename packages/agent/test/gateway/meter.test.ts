import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { CHAT, useGateway, WHOLE } from './gateway-fixture.ts';
import { drawPng } from './pictures/draw-png.ts';

const fixture = useGateway();
const FRAME = 'data: {"choices":[{"delta":{"role":"assistant","content":""}}]}\n\n';

/** What has been counted, once nothing is in flight any more: totals, and how many durations were observed. */
async function counted(): Promise<Record<string, number>> {
  await expect.poll(() => fixture.meter.inFlight).toEqual({ tokens: 0, requests: 0 });
  return Object.fromEntries(
    [...fixture.buffer.take()].map(([id, what]) => [
      id,
      what.kind === 'total' ? what.total : what.kind === 'values' ? what.counts.size : what.count,
    ]),
  );
}

describe('the gateway counts', () => {
  it('a whole answer, and times it', async () => {
    fixture.engine.answer = (_request, response) => response.end(JSON.stringify(WHOLE));
    await (await fixture.chat(CHAT)).text();
    expect(await counted()).toEqual({ imageTokens: 0, queueTime: 1, requests: 1, requestDuration: 1 });
  });

  it('a stream, and times its first frame', async () => {
    fixture.engine.answer = (_request, response) => beginStream(response).end(`${FRAME}data: [DONE]\n\n`);
    await (await fixture.chat({ ...CHAT, stream: true })).text();
    expect(await counted()).toEqual({
      ...{ imageTokens: 0, queueTime: 1, requests: 1, requestDuration: 1, timeToFirstToken: 1 },
    });
  });

  it('what is in flight by its pictures, its text and the answer that it asks for', async () => {
    const finish = Promise.withResolvers<void>();
    fixture.engine.answer = async (_request, response) => {
      await finish.promise;
      response.end(JSON.stringify(WHOLE));
    };
    const url = `data:image/png;base64,${drawPng(512, 512).toString('base64')}`;
    const content = [{ type: 'image_url', image_url: { url } }];
    const body = JSON.stringify({ messages: [{ role: 'user', content }], max_tokens: 100, n: 2 });
    const answer = fixture.post(body);
    await expect.poll(() => fixture.engine.requests.length).toBe(1);
    const text = body.length - drawPng(512, 512).toString('base64').length;
    // 512 x 512: 32 rows of 32 patches and a token that ends each.
    expect(fixture.meter.inFlight).toEqual({ requests: 1, tokens: 32 * 33 + Math.ceil(text / 4) + 200 });
    finish.resolve();
    await (await answer).text();
    expect((await counted()).imageTokens).toBe(32 * 33);
  });

  it.each([
    ['an error of the engine', 500, { requests: 1, serverErrors: 1 }],
    ['a mistake of the client', 400, { requests: 1 }],
  ])('%s', async (_name, status, expected) => {
    fixture.engine.answer = (_request, response) =>
      response.writeHead(status).end(JSON.stringify({ error: { message: 'no' } }));
    await (await fixture.chat(CHAT)).text();
    expect(await counted()).toEqual({ imageTokens: 0, queueTime: 1, ...expected });
  });

  it('a request that is refused before it reaches the engine', async () => {
    await (await fixture.post('{')).text();
    fixture.gateway.setState('failed', 'the model server died');
    await (await fixture.chat(CHAT)).text();
    expect(await counted()).toEqual({ requests: 2, serverErrors: 1 });
  });

  it('no request that a draining instance sends to another one', async () => {
    fixture.gateway.setState('draining');
    expect((await fixture.chat(CHAT)).status).toBe(503);
    expect(await counted()).toEqual({});
  });

  it('a request that is refused as one too many', async () => {
    const finish = Promise.withResolvers<void>();
    fixture.engine.answer = async (_request, response) => {
      await finish.promise;
      response.end(JSON.stringify(WHOLE));
    };
    const admitted = [fixture.chat(CHAT), fixture.chat(CHAT)];
    await expect.poll(() => fixture.engine.requests.length).toBe(2);
    await (await fixture.chat(CHAT)).text();
    finish.resolve();
    for (const answer of await Promise.all(admitted)) await answer.text();
    expect(await counted()).toMatchObject({ requests: 3, requestsRefused: 1, refusedFull: 1 });
  });

  it.each([
    ['ends early', FRAME],
    [
      'tells of an error',
      `${FRAME}data: {"error":{"message":"out of memory","code":500}}\n\ndata: [DONE]\n\n`,
    ],
  ])('a stream that %s as a server error, once', async (_name, frames) => {
    fixture.engine.answer = (_request, response) => beginStream(response).end(frames);
    await (await fixture.chat({ ...CHAT, stream: true })).text();
    expect(await counted()).toMatchObject({ requests: 1, serverErrors: 1 });
  });

  it('no error for an answer that speaks of one', async () => {
    const frame = `data: ${JSON.stringify({ choices: [{ delta: { content: 'data: {"error":1}' } }] })}\n\n`;
    fixture.engine.answer = (_request, response) => beginStream(response).end(`${frame}data: [DONE]\n\n`);
    await (await fixture.chat({ ...CHAT, stream: true })).text();
    expect(await counted()).not.toHaveProperty('serverErrors');
  });

  it.each([true, false])(
    'neither an answer nor an error when the client leaves (stream: %s)',
    async (stream) => {
      fixture.engine.answer = (_request, response) => {
        if (stream) beginStream(response).write(FRAME);
      };
      const left = new AbortController();
      const answer = fixture.chat({ ...CHAT, stream }, {}, left.signal).then((response) => response.text());
      await expect.poll(() => fixture.engine.requests.length).toBe(1);
      if (stream) await new Promise((resolve) => setTimeout(resolve, 50));
      left.abort();
      await expect(answer).rejects.toThrow('aborted');
      await fixture.gateway.whenIdle();
      expect(await counted()).toEqual({
        imageTokens: 0,
        queueTime: 1,
        ...(stream ? { timeToFirstToken: 1 } : {}),
      });
    },
  );

  it('nothing else: neither the list of models nor health checks', async () => {
    for (const path of ['/v1/models', '/ready', '/live', '/nowhere'])
      await (await fetch(`${fixture.url}${path}`)).text();
    expect(await counted()).toEqual({});
  });
});

function beginStream(response: ServerResponse): ServerResponse {
  return response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
}
