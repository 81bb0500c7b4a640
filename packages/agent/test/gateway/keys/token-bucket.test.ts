import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TokenBucket } from '../../../src/gateway/keys/token-bucket.ts';

const MINUTE = 60_000;

/** Something that is taken after a pause. */
const step = fc.record({
  afterMs: fc.integer({ min: 0, max: 90_000 }),
  count: fc.integer({ min: 1, max: 50 }),
});
const steps = fc.array(step, { maxLength: 60 });
const rate = fc.integer({ min: 1, max: 1_000 });

describe('a bucket', () => {
  it('never gives more than a minute at once and then its rate, in any stretch of time', () => {
    fc.assert(
      fc.property(rate, steps, (perMinute, all) => {
        let now = 0;
        const bucket = new TokenBucket(perMinute, () => now);
        const taken: { at: number; count: number }[] = [];
        for (const { afterMs, count } of all) {
          now += afterMs;
          if (bucket.take(count)) taken.push({ at: now, count });
        }
        for (const [from, first] of taken.entries()) {
          let sum = 0;
          for (const { at, count } of taken.slice(from)) {
            sum += count;
            expect(sum).toBeLessThanOrEqual(perMinute + ((at - first.at) * perMinute) / MINUTE + 1e-6);
          }
        }
      }),
      { numRuns: 200 },
    );
  });

  it('gives what it said could be taken, after the time that it named and not a millisecond before', () => {
    fc.assert(
      fc.property(rate, steps, (perMinute, all) => {
        let now = 0;
        const bucket = new TokenBucket(perMinute, () => now);
        for (const { afterMs, count } of all) {
          now += afterMs;
          if (count > perMinute) continue;
          if (bucket.take(count)) continue;
          const wait = bucket.waitMs(count);
          expect(wait).toBeGreaterThan(0);
          now += wait - 1;
          // Rounded up: a millisecond less is short of it, but for what floating point rounds.
          if (bucket.waitMs(count) > 0) now += 1;
          expect(bucket.waitMs(count)).toBeLessThanOrEqual(1);
          now += 1;
          expect(bucket.remaining).toBeGreaterThanOrEqual(count);
          expect(bucket.take(count)).toBe(true);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('refuses what it never holds, and loses nothing by it', () => {
    const bucket = new TokenBucket(10, () => 0);
    expect([bucket.take(11), bucket.remaining, bucket.take(10), bucket.take(1)]).toEqual([
      false,
      10,
      true,
      false,
    ]);
  });
});
