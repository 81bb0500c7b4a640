import { createStepTime, findCheckpoint, findInstanceType } from '@pixtral-fleet/catalog';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AnswerLengths } from '../../../src/gateway/admission/answer-lengths.ts';
import { createEnginePace, type RequestWork } from '../../../src/gateway/admission/engine-pace.ts';
import { createInstancePace } from '../../../src/gateway/admission/instance-pace.ts';
import { MeasuredPace } from '../../../src/gateway/admission/measured-pace.ts';
import { MedianRatio } from '../../../src/gateway/admission/median-ratio.ts';

const WORK: RequestWork = { pictures: [1_056], textTokens: 64, maxTokens: 100, choices: 1 };
const model = () => createEnginePace(createStepTime(findCheckpoint('w8a8'), findInstanceType('g5.2xlarge')));

describe('the pace', () => {
  test('begins as the catalog models it: a full picture on an A10G takes about two seconds', () => {
    const pace = createInstancePace({ checkpoint: 'w8a8', instanceType: 'g5.2xlarge' });
    const seconds = pace.firstTokenSeconds({ ...WORK, pictures: [4_160] });
    expect(seconds).toBeGreaterThan(1.5);
    expect(seconds).toBeLessThan(2.5);
  });

  test('of an instance that the catalog does not know is that of the usual one', () => {
    const unknown = createInstancePace({ checkpoint: 'mine', instanceType: 'p9.48xlarge' });
    const usual = createInstancePace({ checkpoint: 'w8a8', instanceType: 'g5.2xlarge' });
    expect(unknown.wholeSeconds(WORK, 4)).toBe(usual.wholeSeconds(WORK, 4));
  });

  test.each([0.2, 1.7, 5])('follows what is measured: an engine that takes %f times as long', (slower) => {
    const pace = new MeasuredPace(model());
    const modelled = new MeasuredPace(model()).wholeSeconds(WORK, 1);
    let now = 0;
    for (let count = 0; count < 20; count++) {
      const run = pace.begin(WORK, now);
      now += modelled * slower;
      pace.end(run, now, { tokens: 100, wasCut: true });
    }
    expect(pace.wholeSeconds(WORK, 1) / modelled).toBeCloseTo(slower, 1);
    expect(pace.correction).toBeCloseTo(slower, 1);
  });

  test('learns nothing from what was broken off', () => {
    const pace = new MeasuredPace(model());
    for (let count = 0; count < 20; count++)
      pace.end(pace.begin(WORK, count * 100), count * 100 + 90, undefined);
    expect([pace.correction, pace.load.places]).toEqual([1, 0]);
  });

  test('of first tokens is measured by itself', () => {
    const pace = new MeasuredPace(model());
    const before = pace.firstTokenSeconds(WORK);
    for (let count = 0; count < 20; count++) {
      const at = count * 1_000;
      const run = pace.begin(WORK, at);
      pace.firstToken(run, at + 3 * before);
      pace.end(run, at + 500, undefined);
    }
    expect(pace.firstTokenSeconds(WORK)).toBeCloseTo(3 * before, 1);
  });

  test('of a full batch is slower for each and faster for all', () => {
    const pace = new MeasuredPace(model());
    expect(pace.wholeSeconds(WORK, 16)).toBeGreaterThan(pace.wholeSeconds(WORK, 1));
    expect(pace.costSeconds(WORK, 16)).toBeLessThan(pace.costSeconds(WORK, 1));
  });
});

describe('a median of ratios', () => {
  test('is moved by no minority, however far off', () => {
    const accident = fc.double({ min: 1e-6, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(fc.array(accident, { maxLength: 10 }), (accidents) => {
        const ratio = new MedianRatio();
        for (let count = 0; count < 31; count++) ratio.add(2, 1);
        for (const value of accidents) ratio.add(value, 1);
        expect(ratio.value).toBe(2);
      }),
    );
  });

  test('leaves out what is no ratio', () => {
    const ratio = new MedianRatio();
    for (const [measured, modelled] of [
      [0, 1],
      [1, 0],
      [-1, 1],
      [Number.NaN, 1],
    ] as const)
      ratio.add(measured, modelled);
    expect([ratio.value, ratio.measured]).toEqual([1, 0]);
  });
});

describe('the length of answers', () => {
  test('is what it turned out to be, never above the limit', () => {
    const lengths = new AnswerLengths();
    expect([lengths.expect(100), lengths.expect(undefined)]).toEqual([100, 256]);
    for (let count = 0; count < 64; count++) lengths.add(count < 32 ? 20 : 60, false);
    expect([lengths.expect(1_000), lengths.expect(30), lengths.expectLong(1_000)]).toEqual([40, 25, 60]);
  });

  test('of one that was cut is as long as the limit of whoever asks', () => {
    const lengths = new AnswerLengths();
    for (let count = 0; count < 64; count++) lengths.add(10, true);
    expect(lengths.expect(200)).toBe(200);
  });
});
