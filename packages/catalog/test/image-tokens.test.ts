import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countImageTokens, fitImageSize } from '../src/index.ts';

// Measured on vLLM 0.32.0: prompt tokens with the picture minus those without.
const RECORDED: readonly [number, number, number][] = [
  [1, 1, 2],
  [16, 16, 2],
  [17, 16, 3],
  [64, 64, 20],
  [224, 224, 210],
  [512, 512, 1056],
  [640, 480, 1230],
  [1024, 1024, 4160],
  [1025, 1024, 4160],
  [1680, 2240, 3136],
  [4000, 3000, 3120],
  [16, 2000, 128],
  [1, 4000, 128],
  [2048, 33, 65],
];

const side = fc.integer({ min: 1, max: 20_000 });

describe('tokens of a picture', () => {
  it.each(RECORDED)('%ix%i takes as many as the real server counted', (width, height, tokens) => {
    expect(countImageTokens({ width, height })).toBe(tokens);
  });

  it('are at least 2 and never more than those of the largest square', () => {
    fc.assert(
      fc.property(side, side, (width, height) => {
        const tokens = countImageTokens({ width, height });
        expect(tokens).toBeGreaterThanOrEqual(2);
        expect(tokens).toBeLessThanOrEqual(4160);
      }),
    );
  });

  it('do not shrink when a picture grows within what the model looks at', () => {
    const small = fc.integer({ min: 1, max: 1023 });
    fc.assert(
      fc.property(small, small, (width, height) => {
        expect(countImageTokens({ width: width + 1, height })).toBeGreaterThanOrEqual(
          countImageTokens({ width, height }),
        );
        expect(countImageTokens({ width, height: height + 1 })).toBeGreaterThanOrEqual(
          countImageTokens({ width, height }),
        );
      }),
    );
  });

  it('are those of the size that the model looks at', () => {
    fc.assert(
      fc.property(side, side, (width, height) => {
        const fitted = fitImageSize({ width, height });
        expect(Math.max(fitted.width, fitted.height)).toBeLessThanOrEqual(1024);
        expect(countImageTokens(fitted)).toBe(countImageTokens({ width, height }));
      }),
    );
  });

  it.each([
    [0, 10],
    [10, -1],
    [1.5, 10],
    [Number.NaN, 10],
  ])('fails for %d x %d', (width, height) => {
    expect(() => countImageTokens({ width, height })).toThrow(
      new RangeError(`picture sides must be positive whole numbers, got ${width}x${height}`),
    );
  });
});
