import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Departure, spotDeparture } from '../../src/lifecycle/departure.ts';
import { DrainBound } from '../../src/lifecycle/drain-bound.ts';

const SPOT = { cause: 'spot', reason: 'taken back' } as const;
const GROUP: Departure = { cause: 'group', reason: 'scale-in' };

const now = { wallMs: Date.parse('2026-11-28T08:00:00Z'), steadyMs: 5_000 };

describe('the time of a Spot notice', () => {
  it('is when the machine is gone', () => {
    expect(spotDeparture(new Date('2026-11-28T08:01:30Z'), now).goneAtMs).toBe(95_000);
  });

  it.each([
    ['over already', new Date('2026-11-28T07:00:00Z')],
    ['further away than notices are given', new Date('2026-11-28T09:00:00Z')],
    ['not to be read', undefined],
    ['none', new Date('never')],
  ])('that is %s counts as two minutes from now', (_, takenAt) => {
    expect(spotDeparture(takenAt, now).goneAtMs).toBe(125_000);
  });
});

describe('the bound of a drain', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
  afterEach(() => void vi.useRealTimers());

  async function reachedAfter(bound: DrainBound): Promise<number> {
    const began = performance.now();
    let at: number | undefined;
    void bound.reached.then(() => {
      at = performance.now() - began;
    });
    for (let step = 0; step < 200 && at === undefined; step++) await vi.advanceTimersByTimeAsync(1_000);
    return at ?? Number.NaN;
  }

  it('is its time where nobody says when the machine goes', async () => {
    using bound = new DrainBound(60_000);
    expect(bound.heed(GROUP)).toBe(false);
    expect(bound.stopMs).toBe(Number.POSITIVE_INFINITY);
    expect(await reachedAfter(bound)).toBe(60_000);
    expect(bound.leftMs).toBe(0);
  });

  it('is 20 s before the machine goes, of which the model server gets 10 s', async () => {
    using bound = new DrainBound(120_000);
    expect(bound.heed({ ...SPOT, goneAtMs: performance.now() + 90_000 })).toBe(true);
    expect(await reachedAfter(bound)).toBe(70_000);
    expect(bound.stopMs).toBe(10_000);
  });

  it('comes nearer by a notice during the drain, and never further away', async () => {
    using bound = new DrainBound(3_600_000);
    await vi.advanceTimersByTimeAsync(600_000);
    expect(bound.heed({ ...SPOT, goneAtMs: performance.now() + 120_000 })).toBe(true);
    expect(bound.heed({ ...SPOT, goneAtMs: performance.now() + 3_000_000 })).toBe(false);
    expect(await reachedAfter(bound)).toBe(100_000);
  });

  it('is reached at once when less than that is left', async () => {
    using bound = new DrainBound(60_000);
    bound.heed({ ...SPOT, goneAtMs: performance.now() + 5_000 });
    expect(bound.leftMs).toBe(0);
    expect(bound.stopMs).toBe(0);
    await vi.advanceTimersByTimeAsync(1);
    await bound.reached;
  });
});
