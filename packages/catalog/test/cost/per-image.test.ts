import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { apiUsdPerThousandImages, breakEven, usdPerThousandImages } from '../../src/index.ts';

const positive = fc.double({ min: 0.001, max: 1_000, noNaN: true });

describe('dollars for a thousand pictures', () => {
  it('double when half the time is idle', () => {
    fc.assert(
      fc.property(positive, positive, (usdPerHour, imagesPerSecond) => {
        const full = usdPerThousandImages({ usdPerHour, imagesPerSecond });
        expect(usdPerThousandImages({ usdPerHour, imagesPerSecond, utilization: 0.5 })).toBeCloseTo(2 * full);
      }),
    );
  });

  it('are an hour for 3,600 pictures at one a second', () => {
    expect(usdPerThousandImages({ usdPerHour: 3.6, imagesPerSecond: 1 })).toBeCloseTo(1);
  });

  it.each([
    [{ usdPerHour: -1, imagesPerSecond: 1 }, 'usdPerHour must be 0 or more, got -1'],
    [{ usdPerHour: 1, imagesPerSecond: 0 }, 'imagesPerSecond must be above 0, got 0'],
    [
      { usdPerHour: 1, imagesPerSecond: 1, utilization: 1.1 },
      'utilization must be above 0 and at most 1, got 1.1',
    ],
  ])('fail for %j', (options, message) => {
    expect(() => usdPerThousandImages(options)).toThrow(message);
  });
});

describe('an API that bills by tokens', () => {
  // A page of 48 × 64 patches, 64 tokens of question, 128 of answer, at $0.15 a million.
  it('takes $0.50 for a thousand pages', () => {
    expect(apiUsdPerThousandImages({ promptTokens: 3_136 + 64, answerTokens: 128 })).toBeCloseTo(0.499, 3);
  });

  it('takes what it is told for tokens in and out', () => {
    const usd = { usdPerMillionIn: 1, usdPerMillionOut: 10 };
    expect(apiUsdPerThousandImages({ promptTokens: 1_000, answerTokens: 100, ...usd })).toBeCloseTo(2);
  });

  it('fails for a price below nothing', () => {
    expect(() => apiUsdPerThousandImages({ promptTokens: 1, answerTokens: 1, usdPerMillionIn: -1 })).toThrow(
      'a price of tokens must be 0 or more, got -1',
    );
  });
});

describe('break-even', () => {
  it('is where both cost the same', () => {
    fc.assert(
      fc.property(positive, positive, positive, (usdPerMonth, api, imagesPerSecond) => {
        const { imagesPerMonth, utilization, worthwhile } = breakEven({
          usdPerMonth,
          apiUsdPerThousandImages: api,
          imagesPerSecond,
        });
        expect((imagesPerMonth * api) / 1_000).toBeCloseTo(usdPerMonth, 6);
        expect(worthwhile).toBe(utilization <= 1);
      }),
    );
  });

  it('is never reached against an API that is free', () => {
    const free = breakEven({ usdPerMonth: 100, apiUsdPerThousandImages: 0, imagesPerSecond: 1 });
    expect(free).toEqual({ imagesPerMonth: Infinity, utilization: Infinity, worthwhile: false });
  });

  it('fails for a fleet that answers nothing', () => {
    expect(() => breakEven({ usdPerMonth: 1, apiUsdPerThousandImages: 1, imagesPerSecond: 0 })).toThrow(
      'imagesPerSecond must be above 0, got 0',
    );
  });
});
