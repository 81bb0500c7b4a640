import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createSimulator, DEFAULT_BEHAVIOUR, type Simulator } from '@pixtral-fleet/simulator';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hugePicture } from '../../attacks/pictures/make-files.ts';
import { CHAT, errorOf, useGateway } from './gateway-fixture.ts';
import { drawPng } from './pictures/draw-png.ts';

const fixture = useGateway({
  limits: { maxBodyBytes: 5_000_000, maxImageBytes: 1_000_000, maxImagePixels: 16_777_216 },
});

/** Of the second load, after which vLLM gives a picture up: ten of its seconds. */
const SECOND = 0.1;

let bare: Simulator;
let url: string;

beforeEach(async () => {
  bare = createSimulator({
    ...{ servedModelName: 'pixtral-12b', maxModelLen: 16_384, maxImages: 4, maxNumSeqs: 8 },
    keepAliveSeconds: 75,
    http: { network: true, fetchSecond: SECOND },
    // What 144 megapixels take is 137 times as much: 2.7 s.
    behaviour: { ...DEFAULT_BEHAVIOUR, firstTokenMs: 0, perTokenMs: 0, perPictureMs: 20 },
  });
  url = `http://127.0.0.1:${await bare.listen({ host: '127.0.0.1', port: 0 })}/v1/chat/completions`;
});

afterEach(() => bare.close());

const about = (picture: string) => ({
  ...CHAT,
  messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: picture } }] }],
});

function askBare(body: object): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

describe('one request that stops all others of a bare vLLM', () => {
  it('144 megapixels in 18 kB: texts wait for seconds; the gateway reads its header', async () => {
    const bomb = `data:image/png;base64,${hugePicture(12_000).toString('base64')}`;
    let isOver = false;
    const attack = askBare(about(bomb)).finally(() => {
      isOver = true;
    });
    let longest = 0;
    while (!isOver) {
      const askedAt = performance.now();
      await (await askBare({ ...CHAT, max_tokens: 1 })).text();
      longest = Math.max(longest, performance.now() - askedAt);
    }
    expect((await attack).status).toBe(200);
    expect(longest).toBeGreaterThan(1_000);

    const refused = await fixture.chat(about(bomb));
    expect([refused.status, await errorOf(refused)]).toEqual([
      400,
      expect.objectContaining({ message: expect.stringContaining('has 12000x12000 pixels') }),
    ]);
    expect(fixture.engine.requests).toEqual([]);
  });

  it('a URL that hangs the second time: texts wait until it is given up; the gateway fetches nothing', async () => {
    await using media = await startMedia();
    const attack = askBare(about(media.url));
    // From now on it holds the one thread that prepares requests.
    await media.secondLoad;
    const ended: string[] = [];
    const text = askBare(CHAT).then(() => ended.push('text'));
    const given = attack.then(async (answer) => {
      ended.push('attack');
      expect(await answer.text()).toContain('timed out after 10.0 seconds');
    });
    await Promise.all([text, given]);
    expect(ended).toEqual(['attack', 'text']);

    const refused = await fixture.chat(about(media.url));
    expect([refused.status, await errorOf(refused)]).toEqual([
      400,
      expect.objectContaining({
        message: expect.stringContaining('this fleet never fetches URLs (got http:)'),
      }),
    ]);
    expect(fixture.engine.requests).toEqual([]);
    expect(media.loads()).toBe(2);
  });
});

/** Answers the first load of its picture and no other. */
async function startMedia() {
  const second = Promise.withResolvers<void>();
  let loads = 0;
  const server: Server = createServer((_request, response) => {
    if (++loads === 1) response.writeHead(200, { 'content-type': 'image/png' }).end(drawPng(8));
    else second.resolve();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/a.png`,
    secondLoad: second.promise,
    loads: () => loads,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
