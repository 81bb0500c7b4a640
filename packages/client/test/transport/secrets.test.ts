import { readdirSync, readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { createClient, imagePart, PixtralError } from '../../src/index.ts';
import { answer, balancerError, cutAfter, errorAfter, unauthorized } from '../../src/testing/index.ts';
import { pngOf } from '../bodies/png.ts';
import { KEY, openClient, rejection } from '../open-client.ts';

const RECORDINGS = new URL('../../../simulator/recordings/0.32.0/', import.meta.url);
const PICTURE = pngOf(4_000, (index) => (index * 37) % 256);
const BASE64 = PICTURE.toString('base64');

interface Recorded {
  readonly name: string;
  readonly status: number;
  readonly body: unknown;
}

/** Every error that vLLM 0.32.0 was heard to answer a request with. */
const RECORDED: readonly Recorded[] = readdirSync(RECORDINGS)
  .filter((name) => name.endsWith('.json'))
  .flatMap((name) => {
    const { response } = JSON.parse(readFileSync(new URL(name, RECORDINGS), 'utf8')) as {
      response?: { status?: number; body?: unknown };
    };
    const { status = 0, body } = response ?? {};
    return status >= 400 && status < 600 && body ? [{ name, status, body }] : [];
  });

const ask = async (client: ReturnType<typeof createClient>) =>
  client.chat.create({ messages: [{ role: 'user', content: [await imagePart(PICTURE)] }] });

describe('an error holds neither the key nor a picture', () => {
  it('whatever vLLM answered', async () => {
    expect(RECORDED.length).toBeGreaterThan(50);
    let next = 0;
    const { client } = await openClient(
      (exchange) => {
        const { status, body } = RECORDED[next]!;
        return exchange.send(status, typeof body === 'string' ? body : JSON.stringify(body));
      },
      { retries: 0 },
    );
    for (next = 0; next < RECORDED.length; next++) {
      const { name, status, body } = RECORDED[next]!;
      const error = await rejection(ask(client));
      expect(error, name).toMatchObject({ name: 'ApiError', status });
      const said = errorMessage(body);
      if (said !== undefined) expect(error.message, name).toBe(`${where(error)}: ${status} ${said}`);
      expectClean(error);
    }
  });

  it.each([
    ['a balancer', balancerError(502), 'ApiError'],
    ['a balancer that lost its targets', balancerError(503), 'ApiError'],
    ['a balancer that waited too long', balancerError(504), 'ApiError'],
    ['a missing key', unauthorized(), 'ApiError'],
    ['a broken connection', cutAfter(), 'ConnectionError'],
  ])('that comes from %s', async (_name, step, name) => {
    const { client } = await openClient(step, { retries: 0 });
    const error = await rejection(ask(client));
    expect(error).toMatchObject({ name });
    expectClean(error);
  });

  it('even when the server repeats them', async () => {
    const echo = `cannot use "data:image/png;base64,${BASE64}" with Bearer ${KEY}`;
    const { client } = await openClient([
      (exchange) => exchange.sendJson(400, { error: { message: echo, type: 'BadRequestError' } }),
      errorAfter(['some'], echo),
    ]);
    const whole = await rejection(ask(client));
    expect(whole.message).toContain('cannot use "data:image/png;base64,…" with Bearer ***');
    expectClean(whole);
    const stream = await client.chat.stream({ messages: [{ role: 'user', content: 'Hi' }] });
    const streamed = await rejection(stream.text());
    expect(streamed).toMatchObject({ name: 'StreamError', partialText: 'some' });
    expectClean(streamed);
  });

  it('when nobody listens, time runs out, or the key cannot be sent', async () => {
    const { client, server } = await openClient(answer('here'), { retries: 0 });
    await server.refuseConnections();
    const refused = await rejection(ask(client));
    expect(refused).toMatchObject({
      name: 'ConnectionError',
      message: expect.stringContaining('ECONNREFUSED'),
    });
    expectClean(refused);
    expect(() => createClient({ baseUrl: server.url, model: 'm', apiKey: `${KEY}\n` })).toThrow(
      'apiKey must be printable ASCII',
    );
    const withPassword = `http://user:${KEY}@localhost:1`;
    const url = thrownBy(() => createClient({ baseUrl: withPassword, model: 'm' }));
    expect(url.message).toContain('baseUrl must hold no user or password, got some for localhost:1');
    expectClean(url);
    expectClean(thrownBy(() => createClient({ baseUrl: withPassword.replace('http:', 'ftp:'), model: 'm' })));
    await server.acceptConnections();
  });
});

/** With all that hangs on it: causes, responses, and what is only found by looking inside. */
function expectClean(error: Error): void {
  expect(error).toBeInstanceOf(PixtralError);
  const shown = [
    inspect(error, { depth: Number.POSITIVE_INFINITY, showHidden: true, maxStringLength: null }),
    JSON.stringify(error),
    error.stack,
    String(error),
  ].join('\n');
  expect(shown).not.toContain(KEY);
  for (let at = 0; at + 24 <= BASE64.length; at += 400)
    expect(shown).not.toContain(BASE64.slice(at, at + 24));
}

function errorMessage(body: unknown): string | undefined {
  const { error } = body as { error?: { message?: unknown } | string };
  if (typeof error === 'string') return error;
  return typeof error?.message === 'string' && error.message !== '' ? redacted(error.message) : undefined;
}

/** vLLM repeats what a picture's address was. */
function redacted(text: string): string {
  return text.replaceAll(/(;base64,)[A-Za-z0-9+/=]{16,}/g, '$1…');
}

function where(error: Error): string {
  return /^\[POST\] "[^"]+"/.exec(error.message)?.[0] ?? '';
}

function thrownBy(act: () => unknown): Error {
  try {
    act();
  } catch (error) {
    return error as Error;
  }
  throw new Error('expected an error');
}
