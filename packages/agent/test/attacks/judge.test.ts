import { describe, expect, it } from 'vitest';
import { type Attack, fails, notRun, refuse, WORKS } from '../../attacks/attack.ts';
import { judgeBare, judgeGateway } from '../../attacks/judge.ts';
import type { Answer } from '../../attacks/lab/target.ts';

const answered = (status: number, message = ''): Answer => ({
  ...{ status, ended: true, ms: 1 },
  text: status < 300 ? '{}' : JSON.stringify({ error: { message } }),
});

const attack = (change: Partial<Attack> = {}): Attack => ({
  ...{ id: 'an-attack', group: 'request', sends: 'something' },
  bare: { simulator: WORKS, vllm: fails('mended') },
  defence: refuse(400, 'is not accepted'),
  run: () => Promise.reject(new Error('nothing is sent here')),
  ...change,
});

const REFUSED = { answers: [answered(400, '"x" is not accepted: so')] };
const QUIET = { alive: true, honest: answered(200), reached: 0, touched: 0 };

describe('at the gateway', () => {
  it('an attack is held when nothing of it is seen', () => {
    expect(judgeGateway(attack(), REFUSED, QUIET)).toEqual({
      seen: '400 "x" is not accepted: so',
      problems: [],
    });
  });

  it.each([
    ['what proves it was seen', { ...REFUSED, harm: 'it grew' }, {}, 'it grew'],
    ['the gateway ended', REFUSED, { alive: false }, 'the gateway ended'],
    ['a forbidden place was touched', REFUSED, { touched: 2 }, 'the forbidden place was reached 2 times'],
    ['the engine saw it', REFUSED, { reached: 1 }, 'the engine saw 1 requests, expected 0'],
    [
      'another status came',
      { answers: [answered(500, 'is not accepted')] },
      {},
      'expected 400 "is not accepted", got 500 is not accepted',
    ],
    [
      'another message came',
      { answers: [...REFUSED.answers, answered(400, 'bad')] },
      {},
      'expected 400 "is not accepted", got 400 bad',
    ],
    ['it was answered', { answers: [answered(200)] }, {}, 'expected 400 "is not accepted", got 200'],
    ['nothing was answered', { answers: [] }, {}, 'nothing was answered'],
    [
      'others are not answered afterwards',
      REFUSED,
      { honest: { status: 0, text: 'no answer within 20 s', ended: false, ms: 20_000 } },
      'afterwards an honest request got no answer (no answer within 20 s)',
    ],
  ])('it is not when %s', (_why, sighting, change, problem) => {
    expect(judgeGateway(attack(), sighting, { ...QUIET, ...change }).problems).toEqual([problem]);
  });

  it('what is let through has to be answered, and the engine may see it', () => {
    const harmless = attack({ defence: { kind: 'pass', why: 'harmless' } });
    const seen = { ...QUIET, reached: 1 };
    expect(judgeGateway(harmless, { answers: [answered(200)] }, seen).problems).toEqual([]);
    expect(judgeGateway(harmless, REFUSED, seen).problems).toHaveLength(1);
  });
});

describe('on a bare engine', () => {
  const refused = { answers: [answered(400, 'no')] };

  it('an attack works when it is proven, when the process ends, or when others are not answered any more', () => {
    const works = (sighting: object, change: object = {}) =>
      judgeBare(attack(), 'simulator', { ...refused, ...sighting }, { ...QUIET, ...change });
    expect(works({ harm: 'it grew' })).toEqual({ kind: 'works', seen: 'it grew', asExpected: true });
    expect(works({}, { alive: false }).kind).toBe('works');
    expect(works({}, { honest: answered(500, 'dead') })).toMatchObject({ seen: 'afterwards 500 dead' });
    expect(works({})).toEqual({ kind: 'fails', seen: '400 no', asExpected: false });
  });

  it('one that the corpus takes for mended and that works is told', () => {
    expect(judgeBare(attack(), 'vllm', refused, QUIET)).toMatchObject({ kind: 'fails', asExpected: true });
    expect(judgeBare(attack(), 'vllm', { ...refused, harm: 'it grew' }, QUIET).asExpected).toBe(false);
    const untried = attack({ bare: { simulator: notRun('why'), vllm: notRun('why') } });
    expect(judgeBare(untried, 'vllm', refused, QUIET).asExpected).toBe(false);
  });
});
