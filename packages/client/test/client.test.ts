import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { createClient, type PixtralClient } from '../src/index.ts';

let server: Server | undefined;
let client: PixtralClient | undefined;
afterEach(async () => {
  await client?.close();
  server?.closeAllConnections();
  await new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined)));
});

const ASK = { messages: [{ role: 'user', content: 'Hi' }] } as const;
const delta = (content: string, finish: string | null = null) =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content }, finish_reason: finish }] })}\n\n`;

describe('a stream', () => {
  it('gives the text, however the bytes are cut', async () => {
    const bytes = Buffer.from(`${delta('Grüße ')}: keep-alive\n\n${delta('🦜', 'stop')}data: [DONE]\n\n`);
    for (let at = 1; at < bytes.length; at += 7) {
      await serve((_request, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.write(bytes.subarray(0, at));
        setImmediate(() => response.end(bytes.subarray(at)));
      });
      expect(await (await client!.chat.stream(ASK)).text()).toBe('Grüße 🦜');
      await client!.close();
      server!.close();
    }
  });

  it.each([
    [
      'an error frame',
      `${delta('1, ')}data: {"error": {"message": "engine died", "code": 503}}\n\ndata: [DONE]\n\n`,
      'StreamError',
      'engine died',
    ],
    [
      'silence',
      delta('1, '),
      'IncompleteStreamError',
      'the stream ended before the answer was complete, after 3 characters',
    ],
    [
      'abort',
      delta('1, ', 'abort'),
      'IncompleteStreamError',
      'the server stopped the answer (finish_reason "abort"), after 0 characters',
    ],
    [
      'half a frame',
      `${delta('1, ')}data: {"cho\n\n`,
      'StreamError',
      'expected a JSON object as event, got "{\\"cho"',
    ],
  ])('that ends in %s throws', async (_name, body, name, message) => {
    await serve((_request, response) =>
      response.writeHead(200, { 'content-type': 'text/event-stream' }).end(body),
    );
    await expect((await client!.chat.stream(ASK)).text()).rejects.toMatchObject({ name, message });
  });

  it('that stalls throws, although comments keep coming', async () => {
    await serve(
      (_request, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' }).write(delta('1'));
        const timer = setInterval(() => response.write(': keep-alive\n\n'), 20);
        response.on('close', () => clearInterval(timer));
      },
      { idleTimeoutMs: 150 },
    );
    await expect((await client!.chat.stream(ASK)).text()).rejects.toMatchObject({
      name: 'TimeoutError',
      phase: 'idle',
    });
  });

  it('closes its connection when the loop is left early', async () => {
    const closed = Promise.withResolvers<void>();
    await serve((_request, response) => {
      response.on('close', () => closed.resolve());
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(delta('1'));
    });
    for await (const _event of await client!.chat.stream(ASK)) break;
    await closed.promise;
  });
});

describe('errors', () => {
  it.each([
    [401, '{"error":"Unauthorized"}', 'Unauthorized'],
    [400, '{"error":{"message":"bad","type":"BadRequestError","param":"n","code":400}}', 'bad'],
    [404, '{"detail":"Not Found"}', 'Not Found'],
    [501, '<html><head><title>501 Nope</title></head></html>', '501 Nope'],
  ])('of status %i are read in each shape, and hold no key', async (status, body, message) => {
    await serve((_request, response) => response.writeHead(status).end(body));
    const error = await client!.chat.create(ASK).then(
      () => undefined,
      (thrown: Error) => thrown,
    );
    expect(error).toMatchObject({ name: 'ApiError', status });
    expect(error?.message).toContain(message);
    expect(JSON.stringify(error) + error?.message).not.toContain('sk-secret');
  });

  it('that may pass are retried, with Retry-After', async () => {
    let calls = 0;
    await serve((_request, response) => {
      calls++;
      if (calls < 3) return response.writeHead(503, { 'retry-after': '0' }).end('{}');
      return response.writeHead(200).end(JSON.stringify({ data: [{ id: 'm' }] }));
    });
    expect(await client!.models.list()).toEqual([{ id: 'm', maxModelLen: undefined }]);
    expect(calls).toBe(3);
  });

  it('of the request itself are found before it is sent', async () => {
    await serve(() => undefined);
    await expect(client!.chat.create({ ...ASK, guided_json: {} } as never)).rejects.toThrow(
      '"guided_json" is removed from vLLM',
    );
    await expect(client!.ask(Buffer.from('text'), 'What?')).rejects.toThrow(
      'cannot be sent: not a picture that can be read',
    );
    expect(() => createClient({ baseUrl: 'localhost:1', model: 'm' })).toThrow(
      'baseUrl must be an http or https URL',
    );
  });

  it('are AbortError when the caller aborts, and one attempt when time runs out', async () => {
    let calls = 0;
    await serve(() => {
      calls++;
    });
    await expect(client!.chat.create(ASK, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      name: 'AbortError',
    });
    await expect(client!.chat.create(ASK, { timeoutMs: 100 })).rejects.toMatchObject({
      name: 'TimeoutError',
      phase: 'total',
    });
    expect(calls).toBe(1);
  });
});

async function serve(
  answer: (request: IncomingMessage, response: ServerResponse) => unknown,
  options: { readonly idleTimeoutMs?: number } = {},
): Promise<void> {
  server = createServer((request, response) => void answer(request, response)).listen(0, '127.0.0.1');
  await new Promise((resolve) => server?.once('listening', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  client = createClient({ baseUrl: `http://127.0.0.1:${port}`, apiKey: 'sk-secret', model: 'm', ...options });
}
