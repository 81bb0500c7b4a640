import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { estimateTokens, findBatchSize, loadPercent } from '../../src/metrics/load.ts';

const capacity = { kvCacheTokens: 35_000, batchSize: 16 };

describe('the tokens of a request', () => {
  test('are its pictures, a quarter of its text, and its answers as long as they may become', () => {
    expect(estimateTokens({ imageTokens: 4_160, textBytes: 401, maxTokens: 100, choices: 2 })).toBe(
      4_160 + 101 + 200,
    );
  });

  test('count an answer without a limit as 256', () => {
    expect(estimateTokens({ imageTokens: 0, textBytes: 0, maxTokens: undefined, choices: 1 })).toBe(256);
  });
});

describe('load', () => {
  test('is 0 when idle', () => {
    expect(loadPercent({ tokens: 0, requests: 0 }, capacity)).toBe(0);
  });

  test('is 100 when the KV cache is full, and more when requests wait for it', () => {
    expect(loadPercent({ tokens: 35_000, requests: 4 }, capacity)).toBe(100);
    expect(loadPercent({ tokens: 70_000, requests: 8 }, capacity)).toBe(200);
  });

  test('counts places in the batch where those are scarcer', () => {
    expect(loadPercent({ tokens: 3_500, requests: 16 }, capacity)).toBe(100);
    expect(loadPercent({ tokens: 3_500, requests: 16 }, { ...capacity, batchSize: undefined })).toBe(10);
  });

  test('goes by the batch alone where the cache is not known, and is unknown where neither is', () => {
    const inFlight = { tokens: 3_500, requests: 4 };
    expect(loadPercent(inFlight, { ...capacity, kvCacheTokens: undefined })).toBe(25);
    expect(loadPercent(inFlight, { kvCacheTokens: undefined, batchSize: undefined })).toBeUndefined();
  });

  test('never falls when more is in flight', () => {
    const count = fc.nat({ max: 1_000_000 });
    fc.assert(
      fc.property(count, count, count, count, (tokens, requests, moreTokens, moreRequests) => {
        const more = { tokens: tokens + moreTokens, requests: requests + moreRequests };
        expect(loadPercent(more, capacity)).toBeGreaterThanOrEqual(
          loadPercent({ tokens, requests }, capacity) ?? Number.NaN,
        );
      }),
    );
  });
});

test.each([
  [['--max-num-seqs', '16'], 16],
  [['--dtype', 'auto', '--max-num-seqs=8'], 8],
  [['--max-num-seqs'], undefined],
  [['--max-num-seqs', 'many'], undefined],
  [[], undefined],
])('finds the batch size in %j', (args, size) => {
  expect(findBatchSize(args)).toBe(size);
});
