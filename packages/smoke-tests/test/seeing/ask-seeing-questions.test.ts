import { createClient, type PixtralClient } from '@pixtral-fleet/client';
import { afterEach, describe, expect, test } from 'vitest';
import { askSeeingQuestions } from '../../src/seeing/index.ts';
import type { Fault } from '../scripted-fleet/fault.ts';
import { readPicture } from '../scripted-fleet/read-picture.ts';
import {
  API_KEY,
  MODEL,
  type ScriptedFleet,
  startScriptedFleet,
} from '../scripted-fleet/start-scripted-fleet.ts';
import { seededRandom } from './seeded-random.ts';

let fleet: ScriptedFleet;
let client: PixtralClient;
async function start(...faults: readonly Fault[]): Promise<PixtralClient> {
  fleet = await startScriptedFleet(...faults);
  client = createClient({ baseUrl: fleet.url, apiKey: API_KEY, model: MODEL, retries: 0 });
  return client;
}
afterEach(async () => {
  await client.close();
  await fleet.close();
});

describe('askSeeingQuestions', () => {
  test('a model that sees is asked once about each kind', async () => {
    const { ok, answers, retried } = await askSeeingQuestions({ client: await start() });
    expect({ ok, retried }).toEqual({ ok: true, retried: [] });
    expect(answers.map(({ kind }) => kind)).toEqual(['colour', 'shape', 'digits']);
    expect(fleet.requests).toHaveLength(3);
    for (const { ok, ms, expected, answer, picture } of answers) {
      expect(ok).toBe(true);
      expect(Number.isInteger(ms)).toBe(true);
      expect(answer).toContain(expected);
      expect(readPicture(Buffer.from(picture, 'base64')).width).toBeGreaterThanOrEqual(256);
    }
  });

  test('a blind model fails every kind, after another picture each', async () => {
    const { ok, answers, retried } = await askSeeingQuestions({ client: await start('blind') });
    expect(ok).toBe(false);
    expect(answers.map(({ ok, answer }) => ({ ok, answer }))).toEqual([
      { ok: false, answer: 'The colour is grey.' },
      { ok: false, answer: 'A hexagon.' },
      { ok: false, answer: '0000' },
    ]);
    expect(retried.map(({ kind }) => kind)).toEqual(['colour', 'shape', 'digits']);
    expect(retried[2]?.picture).not.toBe(answers[2]?.picture);
    expect(fleet.requests).toHaveLength(6);
  });

  test('a model that errs once passes, and the wrong answer is kept', async () => {
    const { ok, answers, retried } = await askSeeingQuestions({ client: await start('blind-at-first') });
    expect(ok).toBe(true);
    expect(answers.every((answer) => answer.ok)).toBe(true);
    expect(retried.map(({ kind, answer }) => ({ kind, answer }))).toEqual([
      { kind: 'colour', answer: 'The colour is grey.' },
    ]);
  });

  test('with one attempt a single wrong answer is enough', async () => {
    const { ok, retried } = await askSeeingQuestions({ client: await start('blind-at-first'), attempts: 1 });
    expect({ ok, retried }).toEqual({ ok: false, retried: [] });
    expect(fleet.requests).toHaveLength(3);
  });

  test('a request that fails is a wrong answer with its reason', async () => {
    const report = await askSeeingQuestions({ client: await start('engine-500'), kinds: ['colour'] });
    expect(report.ok).toBe(false);
    expect(report.answers[0]?.answer.replace(fleet.url, 'http://fleet')).toMatchInlineSnapshot(
      `"no answer: [POST] "http://fleet/v1/chat/completions": 500 EngineCore encountered an issue."`,
    );
    expect(report.retried).toHaveLength(1);
  });

  test('asks the given kinds about the given random numbers', async () => {
    const options = { client: await start(), kinds: ['colours', 'digits'] as const };
    const one = await askSeeingQuestions({ ...options, random: seededRandom(5) });
    const two = await askSeeingQuestions({ ...options, random: seededRandom(5) });
    expect(one.answers.map(({ kind }) => kind)).toEqual(['colours', 'digits']);
    expect(two.answers.map(({ picture }) => picture)).toEqual(one.answers.map(({ picture }) => picture));
  });

  test('rejects with the reason of the signal', async () => {
    const reason = new Error('interrupted');
    await start();
    await expect(askSeeingQuestions({ client, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(fleet.requests).toEqual([]);
  });

  test.each([0, 1.5, Number.NaN])('fails when told to try %d times', async (attempts) => {
    await start();
    await expect(askSeeingQuestions({ client, attempts })).rejects.toThrow(
      new RangeError(`attempts must be a whole number of at least 1, got ${attempts}`),
    );
  });
});
