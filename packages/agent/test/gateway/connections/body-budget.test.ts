import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BodyBudget, planBodyBudget } from '../../../src/gateway/connections/body-budget.ts';

const MIB = 1024 * 1024;

describe('the memory for bodies', () => {
  it('is never exceeded, and all there again when every share was given back', () => {
    const step = fc.record({
      share: fc.nat({ max: 4 }),
      bytes: fc.nat({ max: 6 * MIB }),
      end: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const budget = new BodyBudget(8 * MIB);
        const shares = [100, 100_000, MIB, 4 * MIB, 6 * MIB].map((expected) => budget.open(expected));
        const held = shares.map(() => 0);
        for (const { share, bytes, end } of steps) {
          if (end) {
            shares[share]?.[Symbol.dispose]();
            held[share] = 0;
          } else if (shares[share]?.resize(bytes)) held[share] = bytes;
          const sum = held.reduce((total, each) => total + each, 0);
          expect(sum).toBeLessThanOrEqual(8 * MIB);
          expect(budget.freeFor(1)).toBe(8 * MIB - sum);
        }
        for (const share of shares) share[Symbol.dispose]();
        expect(budget.freeFor(1)).toBe(8 * MIB);
      }),
      { numRuns: 200 },
    );
  });

  it('keeps an eighth for small bodies, which large ones cannot fill', () => {
    const budget = new BodyBudget(8 * MIB);
    const large = budget.open(7 * MIB);
    expect([large.resize(7 * MIB), large.resize(7 * MIB + 1)]).toEqual([true, false]);
    expect([budget.open(MIB).resize(1), budget.open(1_000).resize(1_000)]).toEqual([false, true]);
  });

  it('is not all for one key where there are several, but for one body of it', () => {
    let keys = 2;
    const budget = new BodyBudget(8 * MIB, () => keys);
    const first = budget.open(5 * MIB, 'a');
    expect(first.resize(5 * MIB)).toBe(true);
    const second = budget.open(2 * MIB, 'a');
    expect([second.resize(MIB), second.resize(MIB + 1)]).toEqual([true, false]);
    expect(budget.freeFor(1, 'a')).toBe(0);
    const other = budget.open(MIB, 'b');
    expect(other.resize(MIB)).toBe(true);
    for (const share of [first, second, other]) share[Symbol.dispose]();
    // Alone, the largest kind of body may be more than that.
    expect(budget.open(7 * MIB, 'a').resize(7 * MIB)).toBe(true);
    keys = 1;
    expect(budget.freeFor(1, 'a')).toBe(MIB);
  });

  it('is what the config says, but at most a quarter of the machine', () => {
    expect(planBodyBudget(1_000, 8_000)).toBe(1_000);
    expect(planBodyBudget(4_000, 8_000)).toBe(2_000);
  });
});
