import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createClient } from '../../src/index.ts';
import { traceCalls } from '../../src/opentelemetry/index.ts';
import { answer, models, refuse, type Script, stall, startScriptedServer } from '../../src/testing/index.ts';

const exporter = new InMemorySpanExporter();
const tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
const ASK = {
  messages: [{ role: 'user', content: 'Hi' }],
  max_tokens: 9,
  temperature: 0,
  seed: 7,
} as const;

const ends: (() => unknown)[] = [];
let tracing: Disposable;
beforeAll(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
});
afterAll(() => {
  context.disable();
  propagation.disable();
});
beforeEach(() => {
  exporter.reset();
  tracing = traceCalls({ tracerProvider });
});
afterEach(async () => {
  tracing[Symbol.dispose]();
  for (const end of ends.splice(0).reverse()) await end();
});

describe('the spans of a call', () => {
  it('are named and filled by the conventions for generative AI', async () => {
    const { client, server } = await start([refuse(503, 'not yet', { retryAfter: '0' }), answer('blue')]);
    await client.chat.create(ASK);
    const [span, ...others] = exporter.getFinishedSpans();
    expect(others).toEqual([]);
    expect(span).toMatchObject({ name: 'chat pixtral-12b', kind: SpanKind.CLIENT });
    expect(span?.attributes).toEqual({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'vllm',
      'gen_ai.request.model': 'pixtral-12b',
      'gen_ai.request.stream': false,
      'gen_ai.request.max_tokens': 9,
      'gen_ai.request.temperature': 0,
      'gen_ai.request.seed': 7,
      'gen_ai.response.id': expect.any(String),
      'gen_ai.response.model': 'pixtral-12b',
      'gen_ai.response.finish_reasons': ['stop'],
      'gen_ai.usage.input_tokens': 10,
      'gen_ai.usage.output_tokens': 1,
      'http.response.status_code': 200,
      'server.address': '127.0.0.1',
      'server.port': Number(new URL(server.url).port),
      'pixtral.attempts': 2,
      'pixtral.request.images': 0,
    });
    expect(span?.events.map(({ name }) => name)).toEqual(['retry']);
  });

  it('are children of the span that is active, and their context is sent with every attempt', async () => {
    const { client, server } = await start([refuse(503, 'not yet', { retryAfter: '0' }), answer('blue')]);
    const parent = tracerProvider.getTracer('app').startSpan('page');
    await context.with(trace.setSpan(context.active(), parent), () => client.chat.create(ASK));
    parent.end();
    const span = exporter.getFinishedSpans().find(({ name }) => name.startsWith('chat'));
    const { traceId, spanId } = span?.spanContext() ?? {};
    expect(traceId).toBe(parent.spanContext().traceId);
    expect(span?.parentSpanContext?.spanId).toBe(parent.spanContext().spanId);
    expect(server.exchanges.map(({ headers }) => headers.traceparent)).toEqual([
      `00-${traceId}-${spanId}-01`,
      `00-${traceId}-${spanId}-01`,
    ]);
  });

  it('tell when the first part of a stream came, and end with the stream', async () => {
    const { client, server } = await start();
    const asked = client.chat.stream(ASK);
    const exchange = await server.next();
    await exchange.sendChunk('one ');
    const stream = await asked;
    expect(exporter.getFinishedSpans()).toEqual([]);
    await exchange.sendChunk('two');
    await exchange.finish();
    await stream.text();
    const [span] = exporter.getFinishedSpans();
    expect(span?.attributes).toMatchObject({
      'gen_ai.request.stream': true,
      'gen_ai.response.time_to_first_chunk': expect.any(Number),
      'gen_ai.usage.output_tokens': 2,
    });
    expect(span?.events.map(({ name }) => name)).toEqual(['first token']);
  });

  it('say what went wrong', async () => {
    const { client } = await start([refuse(400, 'max_tokens is wrong'), stall()]);
    await expect(client.chat.create(ASK)).rejects.toThrow('400');
    await expect(client.chat.create(ASK, { timeoutMs: 20 })).rejects.toThrow('within 20 ms');
    const [refused, late] = exporter.getFinishedSpans();
    expect(refused?.status).toMatchObject({
      code: SpanStatusCode.ERROR,
      message: expect.stringContaining('400'),
    });
    expect(refused?.attributes).toMatchObject({ 'error.type': '400', 'http.response.status_code': 400 });
    expect(late?.attributes).toMatchObject({ 'error.type': 'TimeoutError' });
  });

  it('are made for the list of models too, and no longer once the tracing is disposed', async () => {
    const { client, server } = await start([models(['a']), models(['a'])]);
    await client.models.list();
    expect(exporter.getFinishedSpans().map(({ name }) => name)).toEqual(['list models']);
    tracing[Symbol.dispose]();
    await client.models.list();
    expect(exporter.getFinishedSpans()).toHaveLength(1);
    expect(server.exchanges[1]?.headers.traceparent).toBeUndefined();
  });

  it('of a call under way are ended after the tracing is disposed', async () => {
    const { client, server } = await start();
    const asked = client.chat.stream(ASK);
    const exchange = await server.next();
    tracing[Symbol.dispose]();
    await exchange.sendChunk('one');
    await exchange.finish();
    await (await asked).text();
    expect(exporter.getFinishedSpans()).toHaveLength(1);
  });
});

async function start(script?: Script) {
  const server = await startScriptedServer(script);
  const client = createClient({ baseUrl: server.url, model: 'pixtral-12b' });
  ends.push(
    () => server.close(),
    () => client.close(),
  );
  return { client, server };
}
