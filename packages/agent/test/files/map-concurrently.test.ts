import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mapConcurrently } from '../../src/files/map-concurrently.ts';

const forever = new AbortController().signal;

test('every item is worked on once, never more at a time than allowed', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer()), fc.integer({ min: 1, max: 8 }), async (items, limit) => {
      const done: number[] = [];
      let [running, most] = [0, 0];
      await mapConcurrently({
        items,
        limit,
        signal: forever,
        work: async (_item, index) => {
          most = Math.max(most, ++running);
          await null;
          running--;
          done.push(index);
        },
      });
      expect(done.sort((left, right) => left - right)).toEqual([...items.keys()]);
      expect(most).toBe(Math.min(limit, items.length));
    }),
    { numRuns: 50 },
  );
});

test('fails with the first failure, ends the others through their signal and begins no more', async () => {
  const begun: number[] = [];
  const work = mapConcurrently({
    items: [0, 1, 2, 3],
    limit: 2,
    signal: forever,
    work: async (item, _index, signal) => {
      begun.push(item);
      if (item === 1) throw new Error('the first failure');
      await sleep(60_000, undefined, { signal });
    },
  });
  await expect(work).rejects.toThrowError('the first failure');
  expect(begun).toEqual([0, 1]);
});

test("fails with the caller's reason when the caller aborts", async () => {
  const caller = new AbortController();
  const work = mapConcurrently({
    items: [0],
    limit: 1,
    signal: caller.signal,
    work: (_item, _index, signal) => sleep(60_000, undefined, { signal }),
  });
  caller.abort(new Error('time to go'));
  await expect(work).rejects.toThrowError('time to go');
});
