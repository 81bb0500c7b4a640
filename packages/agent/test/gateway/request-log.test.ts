import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readTraceContext } from '../../src/gateway/trace-context.ts';
import { CHAT, useGateway, WHOLE } from './gateway-fixture.ts';

const fixture = useGateway();
const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const TRACEPARENT = `00-${TRACE_ID}-00f067aa0ba902b7-01`;

/** The lines of requests that are over. */
const ended = () =>
  fixture.log
    .map((line): Record<string, unknown> => JSON.parse(line))
    .filter(({ msg }) => msg === 'request ended');

async function theLine(): Promise<Record<string, unknown>> {
  await expect.poll(() => ended().length).toBe(1);
  return ended()[0] ?? {};
}

describe('the log has one line for a request that is over', () => {
  it('streamed: whose, how large, how long, what came of it, and where else to look', async () => {
    fixture.engine.answer = (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const frame = (delta: object, finish_reason: string | null = null) =>
        `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason }] })}\n\n`;
      response.write(frame({ role: 'assistant', content: '' }));
      response.write(frame({ content: 'a "finish_reason":"x" "content":"y"' }) + frame({ content: 'b' }));
      response.end(`${frame({ content: 'c' }, 'length')}data: [DONE]\n\n`);
    };
    const headers = { 'x-request-id': 'order-4711', traceparent: TRACEPARENT, 'x-request-priority': 'batch' };
    await (await fixture.chat({ ...CHAT, stream: true }, headers)).text();
    const number = expect.any(Number);
    expect(await theLine()).toMatchObject({
      ...{ reqId: 'order-4711', key: expect.any(String), path: '/v1/chat/completions', status: 200 },
      ...{ stream: true, images: 0, imageTokens: 0, priority: 'batch', traceId: TRACE_ID },
      ...{ sentMs: number, firstTokenMs: number, totalMs: number, answerTokens: 3, finishReason: 'length' },
    });
    expect(fixture.engine.requests[0]?.headers).toMatchObject({
      'x-request-id': 'order-4711',
      traceparent: TRACEPARENT,
    });
  });

  it('whole: with the tokens that the engine has counted', async () => {
    const usage = { prompt_tokens: 9, completion_tokens: 42, total_tokens: 51 };
    fixture.engine.answer = (_request, response) => response.end(JSON.stringify({ ...WHOLE, usage }));
    await (await fixture.chat(CHAT)).text();
    const line = await theLine();
    expect(line).toMatchObject({ status: 200, stream: false, answerTokens: 42, finishReason: 'stop' });
    expect(line).not.toHaveProperty('traceId');
    expect(line).not.toHaveProperty('clientLeft');
  });

  it('refused: with the reason', async () => {
    fixture.capacity = { batchSize: 1, kvCacheTokens: undefined };
    fixture.engine.answer = () => undefined;
    const left = new AbortController();
    const first = fixture.chat({ ...CHAT, max_tokens: 200 }, {}, left.signal);
    await expect.poll(() => fixture.engine.requests.length).toBe(1);
    expect((await fixture.chat(CHAT, { 'x-request-timeout-ms': '100' })).status).toBe(429);
    expect(await theLine()).toMatchObject({ status: 429, refused: 'late' });
    left.abort();
    await expect(first).rejects.toThrow('aborted');
    await expect.poll(() => ended().length).toBe(2);
    expect(ended()[1]).toMatchObject({ clientLeft: true, sentMs: expect.any(Number) });
  });

  it('and none for health checks; nothing of what was asked, answered or carried as a key', async () => {
    fixture.engine.answer = (_request, response) =>
      response.end(JSON.stringify({ choices: [{ message: { content: 'a secret answer' } }] }));
    await (await fetch(`${fixture.url}/ready`)).text();
    const messages = [{ role: 'user', content: 'a secret question' }];
    await (await fixture.chat({ ...CHAT, messages }, { traceparent: 'nonsense' })).text();
    await theLine();
    const text = fixture.log.join('\n');
    for (const word of ['secret', 'Bearer', '/ready', 'nonsense']) expect(text).not.toContain(word);
  });
});

describe('a trace context', () => {
  it.each([
    ['a version to come, with more behind it', `01-${TRACE_ID}-00f067aa0ba902b7-01-more`],
    ['the one of today', TRACEPARENT],
  ])('is taken: %s', (_what, traceparent) => {
    expect(readTraceContext({ traceparent, tracestate: 'a=1' })).toEqual({
      headers: { traceparent, tracestate: 'a=1' },
      traceId: TRACE_ID,
    });
  });

  it.each([
    ['none', undefined],
    ['version ff', `ff-${TRACE_ID}-00f067aa0ba902b7-01`],
    ['a trace of zeros', `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`],
    ['a parent of zeros', `00-${TRACE_ID}-${'0'.repeat(16)}-01`],
    ['capital letters', TRACEPARENT.toUpperCase()],
    ['more behind version 00', `${TRACEPARENT}-more`],
    ['two of them', [TRACEPARENT, TRACEPARENT]],
  ])('is left out: %s', (_what, traceparent) => {
    expect(readTraceContext({ traceparent, tracestate: 'a=1' })).toEqual({ headers: {}, traceId: undefined });
  });

  it('is never anything but what came', () => {
    fc.assert(
      fc.property(fc.string(), (traceparent) => {
        const { headers } = readTraceContext({ traceparent });
        expect([undefined, traceparent]).toContain(headers.traceparent);
      }),
    );
  });
});
