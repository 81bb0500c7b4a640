import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ChaosLoad, type StreamRecord } from '../../src/chaos/load/chaos-load.ts';
import { FaultProxy } from '../../src/chaos/proxy/fault-proxy.ts';
import { countingText } from '../../src/drill/streaming-load.ts';

const frame = (text: string, finish: string | null = null) =>
  `data: ${JSON.stringify({ choices: [{ delta: { content: text }, finish_reason: finish }] })}\n\n`;

/** Answers the numbers that were asked for as `answer` says. */
async function startServer(
  answer: (response: ServerResponse, text: string, turn: number) => void,
): Promise<number> {
  let turn = 0;
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const last = Number(/Count from 1 to (\d+)/.exec(body)?.[1]);
    response.setHeader('x-pixtral-instance', 'i-1');
    answer(response, countingText(last), turn++);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** The first streams that end, of one worker. */
async function load(
  port: number,
  count: number,
  work?: (load: ChaosLoad) => Promise<void>,
): Promise<readonly StreamRecord[]> {
  const streams = new ChaosLoad({
    url: new URL(`http://127.0.0.1:${port}`),
    apiKey: 'test',
    model: 'test',
    seed: 1,
    concurrency: 1,
    idleMs: 30_000,
  });
  streams.start();
  await work?.(streams);
  await streams.untilEnded(count, new AbortController().signal);
  streams.giveUp();
  await streams.stop();
  return streams.records().slice(0, count);
}

describe('the load', () => {
  it('asks again what was refused before it began, and keeps count', async () => {
    const port = await startServer((response, text, turn) => {
      if (turn === 0) response.writeHead(503, { 'retry-after': '0' }).end();
      else response.end(`${frame(text) + frame('', 'stop')}data: [DONE]\n\n`);
    });
    expect(await load(port, 2)).toMatchObject([
      { id: 1, outcome: 'whole', instanceId: 'i-1', refusals: ['status 503'] },
      { id: 2, outcome: 'whole', refusals: [] },
    ]);
  });

  it('never asks again for what has begun', async () => {
    const port = await startServer((response, text, turn) => {
      response.write(frame(text.slice(0, 5)));
      if (turn === 0) response.end('data: {"error":{"message":"the model server died"}}\n\ndata: [DONE]\n\n');
      else if (turn === 1) setImmediate(() => response.destroy());
      else response.end();
    });
    expect(await load(port, 3)).toMatchObject([
      {
        outcome: 'told',
        detail: expect.stringMatching(/^5 of \d+ bytes of text, then: the model server died$/),
      },
      { outcome: 'told', detail: expect.stringMatching(/^5 of \d+ bytes of text, then: ECONNRESET/) },
      { outcome: 'silent', detail: expect.stringMatching(/no \[DONE\], and a clean end$/) },
    ]);
  });

  it('finds streams that a broken proxy ends as if they were whole', async () => {
    const port = await startServer((response, text) => {
      response.write(frame(text.slice(0, 5)));
      const timer = setInterval(() => response.write(': waits\n\n'), 5);
      response.once('close', () => clearInterval(timer));
    });
    const proxy = await FaultProxy.start({ host: '127.0.0.1', port });
    onTestFinished(() => proxy.close());
    const [first] = await load(proxy.port, 1, async (streams) => {
      while (streams.openOn('i-1') === 0) await new Promise((resolve) => setImmediate(resolve));
      proxy.endCleanlyAll();
      // What is asked for afterwards shall end soon.
      proxy.acceptance = 'refuse';
    });
    expect(first).toMatchObject({ outcome: 'silent', detail: expect.stringContaining('and a clean end') });
  });
});
