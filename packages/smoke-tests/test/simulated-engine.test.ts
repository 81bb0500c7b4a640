import { createClient, type PixtralClient } from '@pixtral-fleet/client';
import { createSimulator, DEFAULT_BEHAVIOUR, type Simulator } from '@pixtral-fleet/simulator';
import { afterEach, describe, expect, test } from 'vitest';
import { runChecks } from '../src/index.ts';
import { askSeeingQuestions } from '../src/seeing/index.ts';
import { evidenceOf, failedOf } from './scripted-fleet/check-fleet.ts';
import { API_KEY, MODEL } from './scripted-fleet/start-scripted-fleet.ts';
import { seededRandom } from './seeing/seeded-random.ts';

let simulator: Simulator;
let client: PixtralClient | undefined;

/** A model server that answers like vLLM, without the gateway that stands before it in a fleet. */
async function startBareEngine(options: { readonly blind?: boolean } = {}): Promise<string> {
  simulator = createSimulator({
    servedModelName: MODEL,
    apiKey: API_KEY,
    behaviour: { ...DEFAULT_BEHAVIOUR, firstTokenMs: 0, perTokenMs: 0, perPictureMs: 0, ...options },
    maxModelLen: 16_384,
    maxImages: 4,
    maxNumSeqs: 8,
    keepAliveSeconds: 5,
  });
  return `http://127.0.0.1:${await simulator.listen({ host: '127.0.0.1', port: 0 })}`;
}
afterEach(async () => {
  await client?.close();
  client = undefined;
  await simulator.close();
});

/** What a real vLLM says to a picture of zero bytes is not known; in a fleet the gateway refuses it before. */
const UNRECORDED = 'broken picture refused';

describe('a bare model server', () => {
  test('serves, but for what only balancer and gateway give a fleet', async () => {
    const report = await runChecks({ baseUrl: await startBareEngine(), apiKey: API_KEY, model: MODEL });
    const failed = failedOf(report).filter((name) => name !== UNRECORDED);
    expect(failed).toEqual([
      'other paths refused',
      'turned JPEG refused or read upright',
      'oversize picture refused',
      'remote picture refused',
      'every instance answered',
    ]);
    expect(failed.map((name) => evidenceOf(report, name))).toMatchInlineSnapshot(`
      [
        "GET /metrics: 200; GET /docs: 200; GET /openapi.json: 200; POST /tokenize: 200; POST /invocations: 400; POST /v1/completions: 405, expected 404",
        "JPEG with EXIF orientation 6: 500 {"error":{"message":"Expected there to be 1 prompt placeholders corresponding to 1 image items, but instead found 0 prompt placeholders! Make sure the implement, expected 4xx",
        "10000x10000 PNG: 400 "Failed to load image: image file is truncated", which is not about its size: a whole picture would be decoded",
        "http://169.254.169.254/latest/meta-data/iam/security-credentials/: 500 {"error":{"message":"Cannot connect to host 169.254.169.254:80 ssl:default [Network is unreachable]","type":"InternalServerError","param":null,"code":500}}, expected 4xx",
        "an answer has no x-pixtral-instance: it did not come through a gateway",
      ]
    `);
  });

  test('fails when it is blind', async () => {
    const baseUrl = await startBareEngine({ blind: true });
    const report = await runChecks({ baseUrl, apiKey: API_KEY, model: MODEL, random: seededRandom(1) });
    expect(failedOf(report)).toContain('picture answered right');
    expect(failedOf(report)).toContain('several pictures in order');
    expect(failedOf(report)).not.toContain('text completion');
  });

  test('sees every picture that is drawn, and counts its tokens', async () => {
    client = createClient({ baseUrl: await startBareEngine(), apiKey: API_KEY, model: MODEL });
    for (let seed = 0; seed < 12; seed++) {
      const report = await askSeeingQuestions({ client, random: seededRandom(seed) });
      const wrong = report.answers.filter(({ ok }) => !ok);
      expect(wrong.map(({ expected, answer }) => ({ seed, expected, answer }))).toEqual([]);
      expect(report).toMatchObject({ ok: true, score: 1, reason: undefined, tokenMismatch: undefined });
    }
  });
});
