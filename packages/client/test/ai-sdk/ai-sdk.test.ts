import { readFile } from 'node:fs/promises';
import { createSimulator, DEFAULT_BEHAVIOUR } from '@pixtral-fleet/simulator';
import { createProviderRegistry, generateText, Output, streamText } from 'ai';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createPixtral, type PixtralOptions, type PixtralProvider } from '../../src/ai-sdk/index.ts';
import { type ClientOptions, createClient } from '../../src/index.ts';
import {
  answer,
  endAfter,
  errorAfter,
  refuse,
  type Script,
  type ScriptedServer,
  startScriptedServer,
} from '../../src/testing/index.ts';

const BLUE = new URL('../../../simulator/recordings/images/blue-64.png', import.meta.url);
const COLOUR = 'Which colour is the picture? Answer with one word.';

// Warnings are read from the results.
globalThis.AI_SDK_LOG_WARNINGS = false;

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

describe('against the simulator', () => {
  it.each([
    ['bytes', (bytes: Buffer) => new Uint8Array(bytes)],
    ['base64', (bytes: Buffer) => bytes.toString('base64')],
    ['a data: URI', (bytes: Buffer) => `data:image/png;base64,${bytes.toString('base64')}`],
  ])('a picture as %s is seen, and counted', async (_name, give) => {
    const pixtral = await startSimulator();
    const { text, usage, finishReason, warnings } = await generateText({
      model: pixtral('pixtral-12b'),
      instructions: 'You name colours.',
      messages: [
        {
          role: 'user',
          content: [
            { type: 'file', mediaType: 'image/png', data: give(await readFile(BLUE)) },
            { type: 'text', text: COLOUR },
          ],
        },
      ],
      maxOutputTokens: 20,
      temperature: 0,
    });
    expect(text.toLowerCase()).toContain('blue');
    expect(finishReason).toBe('stop');
    expect(warnings).toEqual([]);
    // 20 tokens of the 64 x 64 picture and some of text.
    expect(usage.inputTokens).toBeGreaterThan(20);
    expect(usage.totalTokens).toBe((usage.inputTokens ?? 0) + (usage.outputTokens ?? 0));
  });

  it('a stream gives its text bit by bit, and usage', async () => {
    const pixtral = await startSimulator();
    const result = streamText({
      model: pixtral('pixtral-12b'),
      prompt: 'Count from 1 to 5.',
      temperature: 0,
    });
    const deltas: string[] = [];
    for await (const delta of result.textStream) deltas.push(delta);
    expect(deltas.length).toBeGreaterThan(1);
    expect(deltas.join('')).toBe(await result.text);
    expect(await result.finishReason).toBe('stop');
    expect((await result.usage).outputTokens).toBeGreaterThan(1);
  });

  it('an answer in the form of a schema is an object', async () => {
    const pixtral = await startSimulator();
    const { output } = await generateText({
      model: pixtral('pixtral-12b'),
      output: Output.object({ schema: z.object({ colour: z.string(), sides: z.number().int() }) }),
      prompt: 'A blue square as JSON.',
    });
    expect(output).toEqual({ colour: expect.any(String), sides: expect.any(Number) });
  });
});

describe('the request', () => {
  it('has every setting in its place, and fields of vLLM as they were given', async () => {
    const { pixtral, server } = await start([answer('{"a": 1}')]);
    await generateText({
      model: pixtral('other-model'),
      prompt: 'Hi',
      output: Output.object({ schema: z.object({ a: z.number() }), name: 'numbers' }),
      maxOutputTokens: 7,
      temperature: 0.5,
      topP: 0.9,
      topK: 40,
      presencePenalty: 0.1,
      frequencyPenalty: 0.2,
      seed: 11,
      stopSequences: ['END'],
      headers: { 'x-team': 'documents' },
      providerOptions: { pixtral: { min_p: 0.05, repetition_penalty: 1.1 } satisfies PixtralOptions },
    });
    expect(await server.exchanges[0]?.json()).toEqual({
      model: 'other-model',
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
      max_tokens: 7,
      temperature: 0.5,
      top_p: 0.9,
      top_k: 40,
      presence_penalty: 0.1,
      frequency_penalty: 0.2,
      seed: 11,
      stop: ['END'],
      min_p: 0.05,
      repetition_penalty: 1.1,
      response_format: {
        type: 'json_schema',
        json_schema: {
          name: 'numbers',
          strict: true,
          schema: expect.objectContaining({ type: 'object', required: ['a'] }),
        },
      },
    });
    expect(server.exchanges[0]?.headers['x-team']).toBe('documents');
  });

  it('keeps the turns of a conversation', async () => {
    const { pixtral, server } = await start([answer('You are welcome.')]);
    await generateText({
      model: pixtral('pixtral-12b'),
      messages: [
        { role: 'user', content: 'Hi' },
        { role: 'assistant', content: 'Hello.' },
        { role: 'user', content: 'Thanks' },
      ],
    });
    expect(await server.exchanges[0]?.json()).toMatchObject({
      messages: [{ role: 'user' }, { role: 'assistant', content: [{ text: 'Hello.' }] }, { role: 'user' }],
    });
  });

  it.each([
    [{ providerOptions: { pixtral: { guided_json: {} } } }, '"guided_json" is'],
    [
      { messages: [file('application/pdf')] },
      'a file of type "application/pdf" in a user message cannot be sent',
    ],
    [{ messages: [file('image/png')] }, 'the given bytes cannot be sent'],
  ])('that cannot be right is not sent (%#)', async (options, message) => {
    const { pixtral, server } = await start([]);
    const { messages = [{ role: 'user' as const, content: 'Hi' }], ...rest } = options as {
      messages?: ReturnType<typeof file>[];
    };
    await expect(generateText({ model: pixtral('pixtral-12b'), messages, ...rest })).rejects.toThrow(message);
    expect(server.exchanges).toHaveLength(0);
  });

  it('warns of what a fleet cannot do', async () => {
    const { pixtral } = await start([answer('ok')]);
    const { warnings } = await generateText({
      model: pixtral('pixtral-12b'),
      prompt: 'Hi',
      reasoning: 'high',
      tools: { now: { inputSchema: z.object({}) } },
    });
    expect(warnings).toMatchObject([
      { type: 'unsupported', feature: 'tools' },
      { type: 'unsupported', feature: 'reasoning' },
    ]);
  });
});

describe('what goes wrong', () => {
  it('before the answer comes out as it is, tried as often as the client says', async () => {
    const { pixtral, server } = await start(refuse(503, 'overloaded'), { retries: 1, random: () => 0 });
    await expect(generateText({ model: pixtral('pixtral-12b'), prompt: 'Hi' })).rejects.toMatchObject({
      name: 'ApiError',
      status: 503,
    });
    expect(server.exchanges).toHaveLength(2);
  });

  it.each([
    ['an error frame', errorAfter(['half'], 'engine died'), { name: 'StreamError', message: 'engine died' }],
    ['an end that says nothing', endAfter(['half']), { name: 'IncompleteStreamError' }],
  ])('in the middle of a stream is told: %s', async (_name, step, expected) => {
    const { pixtral } = await start([step]);
    const errors: unknown[] = [];
    const result = streamText({
      model: pixtral('pixtral-12b'),
      prompt: 'Hi',
      onError: ({ error }) => void errors.push(error),
    });
    let text = '';
    for await (const delta of result.textStream) text += delta;
    expect(text).toBe('half');
    expect(errors).toMatchObject([expected]);
    expect(await result.finishReason).toBe('error');
  });

  it('an abort closes the connection, and the model stops', async () => {
    const { pixtral, server } = await start();
    const aborting = new AbortController();
    let aborted = false;
    const result = streamText({
      model: pixtral('pixtral-12b'),
      prompt: 'Hi',
      abortSignal: aborting.signal,
      onAbort: () => {
        aborted = true;
      },
    });
    const reading = (async () => {
      let text = '';
      for await (const delta of result.textStream) {
        text += delta;
        aborting.abort();
      }
      return text;
    })();
    const exchange = await server.next();
    await exchange.sendChunk('one ');
    expect(await reading).toBe('one ');
    expect(await exchange.closed).toBe('aborted');
    expect(aborted).toBe(true);
  });

  it('a cut answer is a finish reason', async () => {
    const { pixtral } = await start([answer('one two', { finishReason: 'length' })]);
    expect((await generateText({ model: pixtral('pixtral-12b'), prompt: 'Hi' })).finishReason).toBe('length');
  });
});

describe('the provider', () => {
  it('has a place in a registry, and no other kinds of models', async () => {
    const { pixtral } = await start([answer('ok')]);
    const registry = createProviderRegistry({ pixtral });
    expect((await generateText({ model: registry.languageModel('pixtral:m'), prompt: 'Hi' })).text).toBe(
      'ok',
    );
    expect(() => pixtral.embeddingModel('e')).toThrow('a fleet has language models only, got "e"');
  });
});

function file(mediaType: string) {
  const data = new Uint8Array([1, 2, 3]);
  return { role: 'user' as const, content: [{ type: 'file' as const, mediaType, data }] };
}

async function startSimulator(): Promise<PixtralProvider> {
  const simulator = createSimulator({
    servedModelName: 'pixtral-12b',
    maxModelLen: 16_384,
    maxImages: 4,
    maxNumSeqs: 8,
    keepAliveSeconds: 5,
    behaviour: { ...DEFAULT_BEHAVIOUR, firstTokenMs: 0, perTokenMs: 0, perPictureMs: 0 },
  });
  const port = await simulator.listen({ host: '127.0.0.1', port: 0 });
  closers.push(() => simulator.close());
  return connect({ baseUrl: `http://127.0.0.1:${port}` });
}

async function start(
  script?: Script,
  options: Partial<ClientOptions> = {},
): Promise<{ readonly pixtral: PixtralProvider; readonly server: ScriptedServer }> {
  const server = await startScriptedServer(script);
  closers.push(() => server.close());
  return { server, pixtral: connect({ baseUrl: server.url, retries: 0, ...options }) };
}

function connect(options: Partial<ClientOptions> & Pick<ClientOptions, 'baseUrl'>): PixtralProvider {
  const client = createClient({ model: 'pixtral-12b', ...options });
  closers.push(() => client.close());
  return createPixtral(client);
}
