import { createClient, type PixtralClient } from '@pixtral-fleet/client';
import { afterEach, describe, expect, test } from 'vitest';
import { askSeeingQuestions, GATE_EXAM, SEEING_KINDS, type SeeingExam } from '../../src/seeing/index.ts';
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
  await client?.close();
  await fleet?.close();
});

const COLOUR: SeeingExam = { ...GATE_EXAM, kinds: ['colour'] };

describe('askSeeingQuestions', () => {
  test('a model that sees is asked 34 questions, whose answers repeat only when all were used', async () => {
    const { ok, answers, kinds, score, reason } = await askSeeingQuestions({ client: await start() });
    expect({ ok, score, reason }).toEqual({ ok: true, score: 1, reason: undefined });
    expect(fleet.requests).toHaveLength(34);
    expect(kinds.map(({ kind }) => kind)).toEqual(SEEING_KINDS);
    for (const { kind, verdict, right, asked } of kinds) {
      const ofKind = answers.filter((answer) => answer.kind === kind);
      expect({ verdict, right, asked }).toEqual({ verdict: 'passed', right: asked, asked: ofKind.length });
      const answersOfKind = { shape: 3, position: 4, count: 5 }[kind as string] ?? asked;
      expect(new Set(ofKind.map(({ expected }) => expected)).size).toBe(answersOfKind);
      expect(new Set(ofKind.map(({ question }) => question)).size).toBe(1);
    }
    for (const { ok, ms, expected, answer, picture } of answers) {
      expect(ok).toBe(true);
      expect(Number.isInteger(ms)).toBe(true);
      expect(answer).toContain(expected);
      expect(readPicture(Buffer.from(picture, 'base64')).width).toBeGreaterThanOrEqual(112);
    }
  });

  test('a blind model fails at once', async () => {
    const { ok, answers, reason } = await askSeeingQuestions({ client: await start('blind') });
    expect({ ok, asked: answers.length }).toEqual({ ok: false, asked: 34 });
    expect(reason).toMatchInlineSnapshot(
      `"the same answer to every picture of a kind: blind, or answered from a cache; answered right: shape 0 of 7, count 0 of 5, position 0 of 6: guessed, not seen"`,
    );
  });

  test('a model that errs once passes after more pictures of that kind', async () => {
    const { ok, answers, kinds } = await askSeeingQuestions({
      client: await start('blind-at-first'),
      exam: COLOUR,
      random: seededRandom(2),
    });
    expect(ok).toBe(true);
    // 3 right ones and a wrong one of 4, and what then passes when all of it is right.
    expect(answers.map(({ ok }) => ok)).toEqual([false, true, true, true, true, true]);
    expect(new Set(answers.map(({ expected }) => expected)).size).toBe(6);
    expect(kinds).toEqual([{ kind: 'colour', verdict: 'passed', right: 5, asked: 6 }]);
  });

  test('a request that fails is a wrong answer with its reason', async () => {
    const report = await askSeeingQuestions({ client: await start('engine-500'), exam: COLOUR });
    expect(report.ok).toBe(false);
    expect(report.reason).toMatchInlineSnapshot(
      `"no request was answered; answered right: colour 0 of 14: guessed, not seen"`,
    );
    expect(report.answers[0]?.answer.replace(fleet.url, 'http://fleet')).toMatchInlineSnapshot(
      `"no answer: [POST] "http://fleet/v1/chat/completions": 500 EngineCore encountered an issue."`,
    );
  });

  test('a server that counts pictures otherwise is found', async () => {
    const { ok, tokenMismatch } = await askSeeingQuestions({
      client: await start('one-token-more'),
      exam: { ...GATE_EXAM, kinds: ['colours'] },
      random: seededRandom(1),
    });
    expect(ok).toBe(true);
    expect(tokenMismatch).toMatchInlineSnapshot(
      `"usage.prompt_tokens less the pictures’ tokens must be the same for every colours question, got 22 and 23"`,
    );
  });

  test.each(['', 'blue'])('a model that always says %j fails, and is told apart', async (text) => {
    const create = async () => ({ text, usage: { prompt_tokens: 1_000 } });
    const told = { client: { chat: { create: create as never } } };
    expect((await askSeeingQuestions(told)).reason).toContain(
      text === '' ? 'every answer is empty' : 'cache',
    );
  });

  test('a model that never answers fails at the deadline', async () => {
    const create = (_request: unknown, { signal }: { readonly signal?: AbortSignal } = {}) =>
      new Promise<never>((_resolve, reject) =>
        signal?.addEventListener('abort', () => reject(signal.reason)),
      );
    const began = performance.now();
    const { ok, reason, answers } = await askSeeingQuestions({
      client: { chat: { create } },
      deadlineMs: 100,
    });
    expect(performance.now() - began).toBeLessThan(2_000);
    expect({ ok, first: answers[0]?.answer }).toEqual({ ok: false, first: 'no answer: none within 0.1 s' });
    expect(reason).toContain('no answer within 0.1 s');
  });

  test('a model of which nothing is plain is refused after the last question', async () => {
    let asked = 0;
    const create = async () => ({ text: asked++ % 3 === 0 ? 'no idea' : '3', usage: { prompt_tokens: 900 } });
    const exam: SeeingExam = { ...GATE_EXAM, kinds: ['count'], maxQuestions: 9, falseAlarm: 1e-30 };
    const { ok, reason, answers } = await askSeeingQuestions({
      client: { chat: { create: create as never } },
      exam,
      random: seededRandom(4),
    });
    expect({ ok, asked: answers.length }).toEqual({ ok: false, asked: 9 });
    expect(reason).toMatchInlineSnapshot(
      `"answered right: count 2 of 9: neither plainly seen nor plainly guessed"`,
    );
  });

  test('sends no more requests at the same time than it may', async () => {
    let [now, most] = [0, 0];
    const create = async () => {
      most = Math.max(most, ++now);
      await new Promise((resolve) => setTimeout(resolve, 2));
      now--;
      return { text: 'blue', usage: { prompt_tokens: 900 } };
    };
    await askSeeingQuestions({ client: { chat: { create: create as never } }, concurrency: 3 });
    expect(most).toBe(3);
  });

  test('draws the given kinds from the given random numbers', async () => {
    const exam: SeeingExam = { ...GATE_EXAM, kinds: ['colours', 'digits'] };
    const one = await askSeeingQuestions({ client: await start(), exam, random: seededRandom(5) });
    const two = await askSeeingQuestions({ client, exam, random: seededRandom(5) });
    expect(one.answers.map(({ kind }) => kind)).toEqual([
      ...Array.from({ length: 4 }, () => 'colours'),
      ...Array.from({ length: 4 }, () => 'digits'),
    ]);
    expect(two.answers.map(({ picture }) => picture)).toEqual(one.answers.map(({ picture }) => picture));
  });

  test('rejects with the reason of the signal', async () => {
    const reason = new Error('interrupted');
    await start();
    await expect(askSeeingQuestions({ client, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(fleet.requests).toEqual([]);
  });
});
