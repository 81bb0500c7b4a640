import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CHAOS_KINDS, FAULT_KINDS, isTermination, TERMINATION_KINDS } from '../../src/chaos/kinds.ts';
import { planSchedule } from '../../src/chaos/schedule.ts';

const FULL = { seed: 1, terminations: 50, faultRounds: 2, streams: 10_000, instances: 3 };

const options = fc.record({
  seed: fc.nat(),
  terminations: fc.integer({ min: 1, max: 80 }),
  faultRounds: fc.integer({ min: 0, max: 3 }),
  streams: fc.integer({ min: 1, max: 20_000 }),
  instances: fc.integer({ min: 2, max: 6 }),
});

describe('the schedule of a run', () => {
  it('is the same for the same seed, and another one for another', () => {
    expect(planSchedule(FULL)).toEqual(planSchedule(FULL));
    const order = (seed: number) => planSchedule({ ...FULL, seed }).map(({ kind }) => kind);
    expect(order(2)).not.toEqual(order(1));
    expect(order(2).toSorted()).toEqual(order(1).toSorted());
  });

  it('holds every kind', () => {
    const kinds = new Set(planSchedule(FULL).map(({ kind }) => kind));
    expect([...kinds].toSorted()).toEqual(CHAOS_KINDS.toSorted());
  });

  it('ends at least as many instances as asked for, and less than a fleet more', () => {
    fc.assert(
      fc.property(options, (given) => {
        const ended = planSchedule(given).reduce((sum, event) => sum + event.terminations, 0);
        expect(ended).toBeGreaterThanOrEqual(given.terminations);
        expect(ended).toBeLessThan(given.terminations + given.instances);
      }),
      { numRuns: 200 },
    );
  });

  it('does each fault as often as asked for, and spreads the streams over the events', () => {
    fc.assert(
      fc.property(options, (given) => {
        const events = planSchedule(given);
        for (const kind of FAULT_KINDS) {
          expect(events.filter((event) => event.kind === kind)).toHaveLength(given.faultRounds);
        }
        expect(events.map(({ number }) => number)).toEqual(events.map((_, index) => index + 1));
        for (const [index, event] of events.entries()) {
          expect(event.afterStreams).toBeLessThan(given.streams);
          expect(event.afterStreams).toBeGreaterThanOrEqual(events[index - 1]?.afterStreams ?? 0);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('does only what it may', () => {
    const only = ['refresh', 'engine-kill'] as const;
    const events = planSchedule({ ...FULL, terminations: 7, only });
    expect(events.filter(({ kind }) => kind === 'refresh')).toHaveLength(3);
    expect(events.filter(({ kind }) => kind === 'engine-kill')).toHaveLength(2);
    expect(events).toHaveLength(5);
    expect(planSchedule({ ...FULL, only: ['client-fin'] }).map(({ kind }) => kind)).toEqual([
      'client-fin',
      'client-fin',
    ]);
  });

  it('takes every kind of termination in turn', () => {
    const events = planSchedule({ ...FULL, faultRounds: 0, terminations: 8 });
    expect(events.map(({ kind }) => kind).toSorted()).toEqual([...TERMINATION_KINDS].toSorted());
    expect(events.every(({ kind }) => isTermination(kind))).toBe(true);
  });
});
