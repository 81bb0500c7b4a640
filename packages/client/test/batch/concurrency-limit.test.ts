import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ConcurrencyLimit } from '../../src/batch/concurrency-limit.ts';

it('doubles each round trip until the first overload, then adds one', () => {
  const limit = new ConcurrencyLimit({ start: 2, max: 100 });
  const roundTrip = () => {
    const before = limit.current;
    for (let n = 0; n < before; n++) limit.onAnswer(limit.current);
    return limit.current;
  };
  expect([roundTrip(), roundTrip(), roundTrip()]).toEqual([4, 8, 16]);
  limit.onOverload(limit.ticket);
  expect(limit.current).toBe(8);
  // Ten round trips at one each, less what is lost as the limit grows within a round trip.
  for (let n = 0; n < 10; n++) roundTrip();
  expect(limit.current).toBeGreaterThanOrEqual(16);
  expect(limit.current).toBeLessThanOrEqual(18);
});

it('takes the overloads of one round trip for one', () => {
  const limit = new ConcurrencyLimit({ start: 32 });
  const { ticket } = limit;
  for (let n = 0; n < 32; n++) limit.onOverload(ticket);
  expect(limit.current).toBe(16);
});

it('does not grow while it is not used', () => {
  const limit = new ConcurrencyLimit({ start: 8 });
  for (let n = 0; n < 100; n++) limit.onAnswer(7);
  expect(limit.current).toBe(8);
});

it('stays within its bounds, whatever happens', () => {
  const bounds = fc
    .tuple(fc.integer({ min: 1, max: 64 }), fc.integer({ min: 0, max: 64 }), fc.integer({ min: 0, max: 64 }))
    .map(([min, a, b]) => ({ min, start: min + a, max: min + a + b }));
  fc.assert(
    fc.property(bounds, fc.array(fc.boolean(), { maxLength: 300 }), ({ min, start, max }, answers) => {
      const limit = new ConcurrencyLimit({ min, start, max });
      for (const answered of answers) {
        if (answered) limit.onAnswer(limit.current);
        else limit.onOverload(limit.ticket);
        expect(limit.current).toBeGreaterThanOrEqual(min);
        expect(limit.current).toBeLessThanOrEqual(max);
      }
    }),
    { numRuns: 50 },
  );
});
