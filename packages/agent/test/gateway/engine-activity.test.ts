import { createServer, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { EngineProxy } from '../../src/gateway/engine-proxy.ts';
import { temporaryFolder } from '../temporary-folder.ts';

/** A proxy before a model server that answers as the test says. */
async function startProxy() {
  const folder = await temporaryFolder();
  const socket = join(folder.path, 's');
  const answers: ((response: ServerResponse) => void)[] = [];
  const server = createServer((request, response) => {
    request.resume();
    answers.shift()?.(response);
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  const proxy = new EngineProxy(socket);
  return {
    proxy,
    answers,
    send: (method: 'GET' | 'POST', signal = new AbortController().signal) =>
      proxy.send({
        method,
        path: '/v1/chat/completions',
        body: method === 'POST' ? Buffer.from('{}') : null,
        requestId: 'r',
        signal,
      }),
    async [Symbol.asyncDispose]() {
      await proxy.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await folder[Symbol.asyncDispose]();
    },
  };
}

const whole = (response: ServerResponse) => response.writeHead(200).end('{"choices":[]}');

const stream = (response: ServerResponse) => response.writeHead(200, { 'content-type': 'text/event-stream' });

it('whole answers of the engine are progress; lists of models and refusals are none', async () => {
  await using engine = await startProxy();
  engine.answers.push(whole);
  await engine.send('GET');
  engine.answers.push((response) => response.writeHead(400).end('{"error":{"message":"no"}}'));
  await engine.send('POST');
  expect(engine.proxy.activity).toEqual({ pieces: 0, waitMs: undefined });
  engine.answers.push(whole);
  await engine.send('POST');
  expect(engine.proxy.activity).toEqual({ pieces: 1, waitMs: undefined });
});

it('a stream waits between its pieces; comments are none, and a client that does not read on waits for nothing', async () => {
  await using engine = await startProxy();
  const { promise: open, resolve } = Promise.withResolvers<ServerResponse>();
  engine.answers.push((response) => resolve(stream(response)));
  const sending = engine.send('POST');
  const response = await open;
  expect(engine.proxy.activity.waitMs).toBeGreaterThanOrEqual(0);
  response.write('data: {"choices":[]}\n\n');
  const { body } = await sending;
  const frames = (body as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
  await frames.next();
  // The first frame is in the client's hands.
  expect(engine.proxy.activity).toEqual({ pieces: 1, waitMs: undefined });
  const second = frames.next();
  await expect.poll(() => engine.proxy.activity.waitMs).toBeGreaterThanOrEqual(0);
  response.write(': keep-alive\n\n');
  await second;
  expect(engine.proxy.activity.pieces).toBe(1);
  response.end('data: [DONE]\n\n');
  while (!(await frames.next()).done);
  expect(engine.proxy.activity).toEqual({ pieces: 2, waitMs: undefined });
});

it('who is told to end waits no more', async () => {
  await using engine = await startProxy();
  const leaving = new AbortController();
  engine.answers.push(() => leaving.abort());
  await expect(engine.send('POST', leaving.signal)).rejects.toThrow();
  expect(engine.proxy.activity.waitMs).toBeUndefined();
});
