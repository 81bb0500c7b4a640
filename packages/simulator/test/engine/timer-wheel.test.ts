import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TimerWheel } from '../../src/engine/timer-wheel.ts';

interface Item {
  readonly dueMs: number;
  cancelled: boolean;
}

describe('a timer wheel', () => {
  it('gives out everything once, in its order, never early and less than a millisecond late', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            afterMs: fc.double({ min: 0, max: 5_000, noNaN: true }),
            cancelled: fc.boolean(),
            addedAt: fc.nat(3_000),
          }),
          { maxLength: 40 },
        ),
        fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 10 }),
        (timers, pauses) => {
          const wheel = new TimerWheel<Item>();
          const waiting = timers.toSorted((a, b) => a.addedAt - b.addedAt);
          const came: Item[] = [];
          let expected = 0;
          for (let now = 0, turn = 0; now < 9_000; now += pauses[turn++ % pauses.length] ?? 1) {
            while (waiting[0] && waiting[0].addedAt <= now) {
              const { afterMs, cancelled } = waiting.shift() ?? { afterMs: 0, cancelled: true };
              const item: Item = { dueMs: now + afterMs, cancelled };
              wheel.add(item);
              if (!cancelled) expected++;
            }
            const due = wheel.advance(now);
            for (const [index, { dueMs }] of due.entries()) {
              expect(dueMs).toBeLessThanOrEqual(now);
              expect(Math.ceil(dueMs)).toBeGreaterThanOrEqual(Math.ceil(due[index - 1]?.dueMs ?? 0));
            }
            came.push(...due);
            const next = wheel.nextIn(now);
            expect(next === undefined).toBe(wheel.size === 0);
          }
          expect(came.length).toBe(expected);
          expect(new Set(came).size).toBe(expected);
          expect(wheel.size).toBe(0);
        },
      ),
    );
  });

  it('wakes for the next slot that holds something', () => {
    const wheel = new TimerWheel<Item>();
    expect(wheel.nextIn(0)).toBeUndefined();
    wheel.add({ dueMs: 7.2, cancelled: false });
    wheel.add({ dueMs: 3, cancelled: false });
    expect(wheel.nextIn(1.5)).toBe(1.5);
    expect(wheel.advance(3)).toHaveLength(1);
    expect(wheel.nextIn(3)).toBe(5);
  });
});
