import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createSimulator, DEFAULT_BEHAVIOUR, type Simulator } from '@pixtral-fleet/simulator';
import { Pool } from 'undici';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../temporary-folder.ts';
import { CHAT, useGateway } from './gateway-fixture.ts';

/** Tokens of context: one full picture and little beside it. */
const CONTEXT = 4_400;

const fixture = useGateway({
  limits: {
    maxBodyBytes: 5_000_000,
    bodyMemoryBytes: 50_000_000,
    maxImageBytes: 1_000_000,
    maxImagePixels: 16_777_216,
  },
  engineArgs: ['--max-model-len', String(CONTEXT)],
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
      maxModelLen: CONTEXT,
      maxImages: 4,
      maxNumSeqs: 8,
      keepAliveSeconds: 75,
    },
    behaviour: { ...DEFAULT_BEHAVIOUR, firstTokenMs: 0, perTokenMs: 0, perPictureMs: 0 },
  });
  await simulator.listen({ socketPath });
  bare = new Pool('http://engine', { socketPath });
  // The gateway's engine answers with what the bare one says.
  fixture.engine.answer = async (request, response, body) => {
    const answer = await bare.request({
      ...{ method: 'POST' as const, path: request.url ?? '', body },
      headers: { 'content-type': 'application/json' },
    });
    response.writeHead(answer.statusCode, { 'content-type': String(answer.headers['content-type']) });
    try {
      for await (const chunk of answer.body) response.write(chunk);
      response.end();
    } catch {
      // One that never ends is given up with the bare engine, when its test is over.
      response.destroy();
    }
  };
});

afterEach(async () => {
  await bare.destroy();
  await simulator.close();
  await folder[Symbol.asyncDispose]();
});

/** Straight to the model server, as without a gateway. */
async function askBare(
  body: object,
  path = '/v1/chat/completions',
): Promise<{ status: number; text: string }> {
  const { statusCode, body: answer } = await bare.request({
    ...{ method: 'POST' as const, path, body: JSON.stringify(body) },
    headers: { 'content-type': 'application/json' },
  });
  return { status: statusCode, text: await answer.text() };
}

describe('what a bare vLLM does with a request, and what the gateway says', () => {
  it.each([
    [
      'a JPEG turned by EXIF',
      picture('exif-rotated.jpg'),
      500,
      'prompt placeholders',
      'by its EXIF orientation (6)',
    ],
    ['256 megapixels', picture('16000x16000.png'), 500, 'decompression bomb', 'has 16000x16000 pixels'],
    ['no messages', { messages: [] }, 400, 'list index out of range', 'a list with at least one message'],
    [
      'no content',
      { messages: [{ role: 'user' }] },
      400,
      `"message":"'content'"`,
      '"messages[0].content" is missing',
    ],
    [
      'a field of the past',
      { guided_choice: ['a'], max_tokens: 2 },
      200,
      'choices',
      'use structured_outputs',
    ],
    [
      'a field that is none',
      { temprature: 1, max_tokens: 2 },
      200,
      'choices',
      'the model server would ignore it',
    ],
    [
      'an answer that cannot fit',
      { ...picture('1024x1024.png'), max_tokens: 1_000, ignore_eos: true },
      ...([200, '"finish_reason":"length"'] as const),
      'and the answer would be cut',
    ],
  ] as const)('%s', async (_what, change, status, text, message) => {
    const without = await askBare({ ...CHAT, ...change });
    expect(without.status).toBe(status);
    expect(without.text).toContain(text);
    const answer = await fixture.chat({ ...CHAT, ...change });
    expect([answer.status, await answer.json()]).toEqual([
      400,
      {
        error: {
          ...{ type: 'BadRequestError', code: 400, param: expect.any(String) },
          message: expect.stringContaining(message),
        },
      },
    ]);
    expect(fixture.engine.requests).toEqual([]);
  });

  it('the router has another shape of error, the gateway has not', async () => {
    expect(await askBare({}, '/v1/nothing')).toMatchObject({ status: 404, text: '{"detail":"Not Found"}' });
    const answer = await fetch(`${fixture.url}/v1/nothing`, { method: 'POST' });
    expect([answer.status, await answer.json()]).toMatchObject([404, { error: { code: 404, param: null } }]);
  });

  it('an answer that is given up has status 200 and a cut text; through the gateway it is an error', async () => {
    // Nobody is done before the end comes.
    simulator.changeBehaviour({ perTokenMs: 50 });
    const body = { ...CHAT, max_tokens: 3_000, ignore_eos: true, stream: true };
    const bareAnswer = askBare(body);
    // Its headers come with its first token; before that it would be a plain 503.
    const answer = await fixture.chat(body);
    await expect.poll(() => simulator.inFlight).toBe(2);
    simulator.stopEngine('abort');
    const [without, text] = await Promise.all([bareAnswer, answer.text()]);
    expect(without.status).toBe(200);
    expect(without.text).toContain('"finish_reason":"abort"');
    expect(text).not.toContain('"finish_reason":"abort"');
    expect(text).toContain('the model server was stopped before the answer was complete; ask again');
    expect(text.endsWith('data: [DONE]\n\n')).toBe(true);
  });

  it('a stream never ends after a SIGTERM; through the gateway it is told so when the drain ends', async () => {
    simulator.changeBehaviour({ perTokenMs: 50 });
    const body = { ...CHAT, max_tokens: 3_000, ignore_eos: true, stream: true };
    let hasEnded = false;
    askBare(body).then(
      () => {
        hasEnded = true;
      },
      // It is given up when the test is over.
      () => undefined,
    );
    const answer = await fixture.chat(body);
    await expect.poll(() => simulator.inFlight).toBe(2);
    simulator.stopEngine('silent');
    // As the agent does when the time of its drain is over.
    fixture.gateway.failInFlight('this instance went away before the answer was complete; ask again');
    const text = await answer.text();
    expect(text).toContain(
      '{"error":{"message":"this instance went away before the answer was complete; ask again"',
    );
    expect(text.endsWith('data: [DONE]\n\n')).toBe(true);
    expect(hasEnded).toBe(false);
  });
});

function picture(name: string) {
  const file = fileURLToPath(new URL(`../../../simulator/recordings/images/${name}`, import.meta.url));
  const url = `data:image/png;base64,${readFileSync(file).toString('base64')}`;
  return { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url } }] }] };
}
