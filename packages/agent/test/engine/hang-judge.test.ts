import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HangJudge, type Look } from '../../src/engine/hang-judge.ts';

const EVERY_MS = 6_000;

/** Looks every 6 s with a limit of 60 s; what it says of the last one. */
function judge(looks: readonly Partial<Look>[]): string | undefined {
  const hang = new HangJudge({ limitMs: 60_000, everyMs: EVERY_MS, nowMs: 0 });
  let said: string | undefined;
  for (const [index, look] of looks.entries()) {
    const atMs = (index + 1) * EVERY_MS;
    said ??= hang.look({ atMs, spoke: false, waitMs: undefined, counters: { steps: '7' }, ...look });
  }
  return said;
}

const times = (count: number, look: (index: number) => Partial<Look>) =>
  Array.from({ length: count }, (_, i) => look(i));

describe('a model server hangs', () => {
  it('when somebody waits and its engine makes no step for the stated time', () => {
    // The first look says only where its counters are.
    expect(judge(times(10, () => ({ waitMs: 70_000 })))).toBeUndefined();
    expect(judge(times(11, () => ({ waitMs: 70_000 })))).toBe(
      'while requests waited, no token came and its engine made no step for 60 s',
    );
  });

  it('when it does not answer for its metrics, also while nobody waits', () => {
    expect(judge(times(9, () => ({ counters: 'silent' })))).toBeUndefined();
    expect(judge(times(10, () => ({ counters: 'silent' })))).toBe('it did not answer /metrics for 60 s');
  });

  it('when clients give up again and again before the time is over', () => {
    const looks = times(40, (index) => (index % 2 === 0 ? { waitMs: 8_000 } : {}));
    expect(judge(looks)).toMatch(/no step for 60 s$/);
  });
});

describe('a model server does not hang', () => {
  it('when nobody waits', () => {
    expect(judge(times(1_000, () => ({})))).toBeUndefined();
  });

  it('while it fills a long prompt into its cache, or writes an answer in one piece: its steps are counted', () => {
    expect(
      judge(times(1_000, (steps) => ({ waitMs: 600_000, counters: { steps: String(steps) } }))),
    ).toBeUndefined();
  });

  it('while pieces of some answer come, though another waits for long and its metrics time out', () => {
    expect(judge(times(1_000, () => ({ waitMs: 600_000, spoke: true, counters: 'silent' })))).toBeUndefined();
  });

  it('when each request is refused in a moment, however many come', () => {
    expect(judge(times(1_000, () => ({ waitMs: 5 })))).toBeUndefined();
  });

  it('when its metrics have other names: nothing is known then of answers in one piece', () => {
    expect(judge(times(1_000, () => ({ waitMs: 600_000, counters: 'unreadable' })))).toBeUndefined();
  });

  it('when the agent itself stood still', () => {
    const hang = new HangJudge({ limitMs: 60_000, everyMs: EVERY_MS, nowMs: 0 });
    const look = { spoke: false, waitMs: 3_600_000, counters: { steps: '7' } };
    hang.look({ ...look, atMs: EVERY_MS });
    expect(hang.look({ ...look, atMs: 3_600_000 })).toBeUndefined();
  });

  it('in any history in which progress is never further apart than the limit', () => {
    const look = fc.record({
      spoke: fc.boolean(),
      waitMs: fc.option(fc.nat(1_000_000), { nil: undefined }),
      silent: fc.boolean(),
      moved: fc.boolean(),
    });
    const history = fc.array(look, { maxLength: 200 });
    fc.assert(
      fc.property(history, (looks) => {
        let steps = 0;
        let still = 0;
        let said: string | undefined;
        const hang = new HangJudge({ limitMs: 60_000, everyMs: EVERY_MS, nowMs: 0 });
        for (const [index, { spoke, waitMs, silent, moved }] of looks.entries()) {
          // Every ninth look at the latest, there is progress that can be seen.
          const must = still === 8;
          const seen = must || (moved && !silent);
          if (seen) steps += 1;
          still = seen || spoke ? 0 : still + 1;
          const counters = silent && !must ? ('silent' as const) : { steps: String(steps) };
          said ??= hang.look({ atMs: (index + 1) * EVERY_MS, spoke, waitMs, counters });
        }
        expect(said).toBeUndefined();
      }),
      { numRuns: 300 },
    );
  });
});
