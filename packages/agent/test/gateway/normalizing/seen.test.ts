import { join } from 'node:path';
import { createSimulator, DEFAULT_BEHAVIOUR, type Simulator } from '@pixtral-fleet/simulator';
import { Pool } from 'undici';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../temporary-folder.ts';
import { CHAT, errorOf, useGateway } from '../gateway-fixture.ts';
import { CAMERA_FILES } from '../pictures/camera-files.ts';
import { drawPng } from '../pictures/draw-png.ts';
import { circle, colourFrames, turnedJpeg } from './drawn-pictures.ts';
import { useNormalizer } from './normalizer-fixture.ts';

const real = useNormalizer();
const fixture = useGateway({
  limits: {
    maxBodyBytes: 10_000_000,
    bodyMemoryBytes: 200_000_000,
    maxImageBytes: 4_000_000,
    maxImagePixels: 16_777_216,
    normalize: { workers: 1, timeoutSeconds: 60 },
  },
});

let simulator: Simulator;
let bare: Pool;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;

beforeEach(async () => {
  folder = await temporaryFolder();
  const socketPath = join(folder.path, 'e.sock');
  simulator = createSimulator({
    ...{
      servedModelName: 'pixtral-12b',
      maxModelLen: 16_384,
      maxImages: 4,
      maxNumSeqs: 8,
      keepAliveSeconds: 75,
    },
    behaviour: { ...DEFAULT_BEHAVIOUR, firstTokenMs: 0, perTokenMs: 0, perPictureMs: 0 },
  });
  await simulator.listen({ socketPath });
  bare = new Pool('http://engine', { socketPath });
  fixture.normalizer = real.normalizer;
  fixture.engine.answer = async (_request, response, body) => {
    const { statusCode, text } = await askBare(body);
    response.writeHead(statusCode, { 'content-type': 'application/json' }).end(text);
  };
});
afterEach(async () => {
  await bare.destroy();
  await simulator.close();
  await folder[Symbol.asyncDispose]();
});

async function askBare(body: string): Promise<{ readonly statusCode: number; readonly text: string }> {
  const { statusCode, body: answer } = await bare.request({
    ...{ method: 'POST' as const, path: '/v1/chat/completions', body },
    headers: { 'content-type': 'application/json' },
  });
  return { statusCode, text: await answer.text() };
}

function about(question: string, ...pictures: readonly Buffer[]): object {
  const parts = pictures.map((bytes) => ({
    type: 'image_url',
    image_url: { url: `data:image/png;base64,${bytes.toString('base64')}` },
  }));
  return { ...CHAT, messages: [{ role: 'user', content: [{ type: 'text', text: question }, ...parts] }] };
}

interface Answer {
  readonly choices: readonly [{ readonly message: { readonly content: string } }];
  readonly usage: { readonly prompt_tokens: number };
}

async function ask(body: object): Promise<Answer> {
  const answer = await fixture.chat(body);
  const text = await answer.text();
  expect(answer.status, text).toBe(200);
  return JSON.parse(text) as Answer;
}

const CORNER = `In which corner of the picture is the circle? Answer with one of: top left, top right, bottom left, bottom right.`;
const COLOUR = 'What colour is this picture? Answer with one word: red, green, blue, white, black.';
const answerOf = async (body: object) => (await ask(body)).choices[0].message.content.toLowerCase();

describe('the model server sees what people see', () => {
  it.each([3, 6, 8])('a photograph held otherwise (%i): a bare one fails', async (orientation) => {
    const photo = await turnedJpeg(await circle('#d02020', [false, true]), orientation);
    expect(await answerOf(about(CORNER, photo))).toContain('top right');
  });

  it('a black figure on nothing', async () => {
    expect(await answerOf(about(CORNER, await circle('#000000', [true, false])))).toContain('bottom left');
  });

  it('the first frame, and no other', async () => {
    expect(await answerOf(about(COLOUR, await colourFrames('#ff0000', '#0000ff')))).toContain('red');
  });

  it('each of several pictures at its place', async () => {
    const pictures = await Promise.all(
      ['#ff0000', '#0000ff'].map((colour) => colourFrames(colour, '#00ff00')),
    );
    const question =
      'What colour is each picture, in order? Answer with the colours only, separated by commas.';
    expect(await answerOf(about(question, ...pictures))).toMatch(/red\W+blue/);
  });

  it('in the tokens that were counted beforehand', async () => {
    const text = (await ask(about('Hi'))).usage.prompt_tokens;
    const turned = await turnedJpeg(await circle('#d02020', [true, true], [1_600, 400]), 6);
    // 1024 × 256 as it is seen: 16 rows of 64 patches and a break.
    expect((await ask(about('Hi', turned))).usage.prompt_tokens - text).toBe(16 * 65);
  });
});

it('everything but the pictures stays, byte by byte', async () => {
  const write = (url: string) =>
    ` {"messages" : [{"role":"user","content":[{"image_url":{"url" :"${url}"},"type":"image_url"}]}],"temperature":1.0 } `;
  const sent = `data:image/png;base64,${drawPng(64).toString('base64').replaceAll('/', '\\/')}`;
  expect((await fixture.post(write(sent))).status).toBe(200);
  const got = fixture.engine.requests[0]?.body ?? '';
  const url = /data:image\/png;base64,[A-Za-z0-9+/=]+/.exec(got)?.[0] ?? '';
  expect(got).toBe(write(url));
  expect(url).not.toBe(sent);
});

it('what is behind a picture is not decoded, and does not reach the model server', async () => {
  const tail = CAMERA_FILES[1]?.tail ?? Buffer.from('none');
  const photo = await turnedJpeg(await circle('#d02020', [false, true]), 6);
  expect(await answerOf(about(CORNER, Buffer.concat([photo, tail])))).toContain('top right');
  const got = fixture.engine.requests[0]?.body ?? '';
  const bytes = Buffer.from(/base64,([^"]+)"/.exec(got)?.[1] ?? '', 'base64');
  expect(bytes.includes('mp42')).toBe(false);
});

describe('refused, in the one shape', () => {
  it('a picture that cannot be decoded, by the path of its URL', async () => {
    // Whole by its checksums, but its data has far too few rows.
    const liar = drawPng(3_000, 6_000);
    const whole = await circle('#d02020', [true, true]);
    const broken = Buffer.concat([whole.subarray(0, 8), liar.subarray(8, 33), whole.subarray(33)]);
    const answer = await fixture.chat(about('Hi', whole, broken));
    expect([answer.status, await errorOf(answer)]).toMatchObject([
      400,
      { param: 'messages[0].content[2].image_url.url', code: 400 },
    ]);
    expect(fixture.engine.requests).toEqual([]);
  });

  it('a request while the instance does not serve: nothing is made', async () => {
    fixture.gateway.setState('draining');
    const answer = await fixture.chat(about('Hi', await circle('#d02020', [true, true])));
    expect(answer.status).toBe(503);
  });

  it('a picture of another format, before any decoder sees it', async () => {
    const answer = await fixture.chat(about('Hi', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')));
    expect((await errorOf(answer)).message).toContain('expected PNG, JPEG, WebP or GIF');
  });
});
