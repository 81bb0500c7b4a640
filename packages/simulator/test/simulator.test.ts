import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createSimulator,
  DEFAULT_BEHAVIOUR,
  parseBehaviour,
  type Simulator,
  writeSimulatedModel,
} from '../src/index.ts';

let simulator: Simulator;
let blind: Simulator;
let url: string;
let blindUrl: string;

beforeAll(async () => {
  const options = {
    servedModelName: 'pixtral-12b',
    maxModelLen: 16_384,
    maxImages: 4,
    maxNumSeqs: 8,
    keepAliveSeconds: 5,
  };
  const behaviour = { ...DEFAULT_BEHAVIOUR, firstTokenMs: 0, perTokenMs: 0, perPictureMs: 0 };
  simulator = createSimulator({ ...options, behaviour });
  blind = createSimulator({ ...options, behaviour: { ...behaviour, blind: true } });
  url = `http://127.0.0.1:${await simulator.listen({ host: '127.0.0.1', port: 0 })}`;
  blindUrl = `http://127.0.0.1:${await blind.listen({ host: '127.0.0.1', port: 0 })}`;
});
afterAll(async () => {
  await simulator.close();
  await blind.close();
});

describe('answers from the pixels', () => {
  it.each(['png', 'jpeg', 'webp', 'gif'] as const)('name the colour of a %s', async (format) => {
    expect(await ask(url, 'What colour is this picture?', await solid('rgb(30,60,220)', format))).toBe(
      'blue',
    );
    expect(await ask(url, 'What colour is this picture?', await solid('rgb(220,30,30)', format))).toBe('red');
  });

  it.each([
    ['circle', '<circle cx="100" cy="100" r="60"/>'],
    ['square', '<rect x="40" y="40" width="120" height="120"/>'],
    ['triangle', '<path d="M100 40 L160 160 L40 160 Z"/>'],
  ])('tell a %s', async (shape, drawing) => {
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="200" height="200"><rect width="200" height="200" fill="white"/>${drawing}</svg>`;
    const picture = await sharp(Buffer.from(svg)).png().toBuffer();
    expect(await ask(url, 'What shape is in the picture?', picture)).toBe(shape);
  });

  it('hold within a JSON Schema', async () => {
    const picture = await solid('rgb(30,60,220)', 'png');
    const content = [
      { type: 'image_url', image_url: { url: `data:image/png;base64,${picture.toString('base64')}` } },
      { type: 'text', text: 'What colour is this picture?' },
    ];
    const schema = {
      type: 'object',
      properties: { colour: { enum: ['red', 'blue'] }, sides: { type: 'integer', minimum: 3 } },
      required: ['colour', 'sides'],
    };
    const response = await fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        messages: [{ role: 'user', content }],
        response_format: { type: 'json_schema', json_schema: { name: 'shape', schema } },
      }),
    });
    const { choices } = (await response.json()) as { choices: { message: { content: string } }[] };
    expect(choices[0]?.message.content).toBe('{"colour":"blue","sides":3}');
  });

  it('say so when there is no picture, or nothing in it', async () => {
    expect(await ask(url, 'What colour is this picture?')).toBe('There is no picture.');
    expect(await ask(url, 'Which digits are written in the picture?', await solid('white', 'png'))).toBe(
      'none',
    );
  });

  it('are the same for every picture when blind', async () => {
    const red = await ask(blindUrl, 'What colour is this picture?', await solid('red', 'png'));
    expect(await ask(blindUrl, 'What colour is this picture?', await solid('green', 'png'))).toBe(red);
  });
});

describe('errors, as recorded from vLLM 0.32.0', () => {
  it.each([
    [{ messages: [] }, 400, 'list index out of range'],
    [{ messages: [{ role: 'wizard', content: 'Hi' }] }, 400, 'Unknown message role: wizard'],
    [
      { model: 'x', messages: [{ role: 'user', content: 'Hi' }] },
      404,
      'The model `x` does not exist. Valid aliases: pixtral-12b.',
    ],
    [
      { messages: [{ role: 'user', content: 'Hi' }], temperature: 3 },
      400,
      'temperature must be in [0, 2], got 3.0. (parameter=temperature, value=3.0)',
    ],
  ])('for %j', async (body, status, message) => {
    const answer = await post(url, body);
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ error: { message, code: status } });
  });

  it('for bytes that are no picture, and for half of one', async () => {
    const whole = await solid('red', 'png');
    const half = whole.subarray(0, whole.length - 40);
    for (const [bytes, message] of [
      [Buffer.from('hello'), 'Failed to load image: cannot identify image file <_io.BytesIO object>'],
      [half, 'Failed to load image: image file is truncated'],
    ] as const) {
      const answer = await post(url, { messages: [userMessage('What?', bytes)] });
      expect([answer.status, await answer.json()]).toMatchObject([400, { error: { message } }]);
    }
  });

  it('in the shape of the router for paths that do not exist', async () => {
    const answer = await fetch(`${url}/v1/nothing`);
    expect([answer.status, await answer.json()]).toEqual([404, { detail: 'Not Found' }]);
  });
});

describe('a stream', () => {
  it('begins with the role, ends with usage and [DONE]', async () => {
    const body = {
      messages: [{ role: 'user', content: 'Count from 1 to 3.' }],
      stream: true,
      stream_options: { include_usage: true },
    };
    const text = await (await post(url, body)).text();
    const frames = text
      .trim()
      .split('\n\n')
      .map((line) => line.replace('data: ', ''));
    expect(frames.at(-1)).toBe('[DONE]');
    const chunks = frames.slice(0, -1).map((frame) => JSON.parse(frame));
    expect(chunks[0].choices[0].delta).toEqual({ role: 'assistant', content: '' });
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { completion_tokens: 6 } });
    expect(
      chunks
        .flatMap((chunk) =>
          chunk.choices.map((choice: { delta: { content: string } }) => choice.delta.content),
        )
        .join(''),
    ).toBe('1, 2, 3');
  });
});

describe('behaviour options', () => {
  it('fail for an unknown name and a wrong type', () => {
    expect(() => parseBehaviour({ deaf: true }, 'f.json')).toThrow(
      /^f.json: unknown option "deaf"; known: blind, /,
    );
    expect(() => parseBehaviour({ loadSeconds: '3' }, 'f.json')).toThrow(
      'f.json: "loadSeconds" must be a number, got "3"',
    );
  });

  it('come with a model folder that is the same every time', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'model-'));
    await writeSimulatedModel(folder, { bytes: 100 });
    await rm(folder, { recursive: true });
  });
});

function solid(colour: string, format: 'png' | 'jpeg' | 'webp' | 'gif'): Promise<Buffer> {
  return sharp({ create: { width: 80, height: 60, channels: 3, background: colour } })
    [format]()
    .toBuffer();
}

function userMessage(question: string, picture?: Uint8Array) {
  const text = { type: 'text', text: question };
  if (!picture) return { role: 'user', content: [text] };
  const image_url = { url: `data:image/png;base64,${Buffer.from(picture).toString('base64')}` };
  return { role: 'user', content: [{ type: 'image_url', image_url }, text] };
}

async function ask(base: string, question: string, picture?: Uint8Array): Promise<string> {
  const answer = await post(base, { messages: [userMessage(question, picture)] });
  const body = (await answer.json()) as { choices: [{ message: { content: string } }] };
  return body.choices[0].message.content;
}

function post(base: string, body: object): Promise<Response> {
  return fetch(`${base}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}
