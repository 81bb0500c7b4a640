import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  BOOT_BUDGET_SECONDS,
  budgetBoot,
  CHECKPOINTS,
  findCheckpoint,
  findInstanceType,
  INSTANCE_TYPES,
  RUNTIME_BYTES,
} from '../src/index.ts';

describe('the boot budget', () => {
  it('adds its phases up, and no phase is better at its worst', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...CHECKPOINTS),
        fc.constantFrom(...INSTANCE_TYPES),
        (checkpoint, instanceType) => {
          const { phases, bestSeconds, worstSeconds, within } = budgetBoot({ checkpoint, instanceType });
          expect(bestSeconds).toBeCloseTo(phases.reduce((sum, phase) => sum + phase.bestSeconds, 0));
          expect(worstSeconds).toBeCloseTo(phases.reduce((sum, phase) => sum + phase.worstSeconds, 0));
          for (const phase of phases) expect(phase.bestSeconds).toBeLessThanOrEqual(phase.worstSeconds);
          expect(within === 'never').toBe(bestSeconds > BOOT_BUDGET_SECONDS);
          expect(within === 'worst').toBe(worstSeconds <= BOOT_BUDGET_SECONDS);
        },
      ),
    );
  });

  it('never falls with the size of the weights', () => {
    const instanceType = findInstanceType('g5.2xlarge');
    const totals = CHECKPOINTS.toSorted((a, b) => a.weightBytes - b.weightBytes).map(
      (checkpoint) => budgetBoot({ checkpoint, instanceType }).worstSeconds,
    );
    expect(totals).toEqual(totals.toSorted((a, b) => a - b));
  });

  // 18.36 GB: 14.7 s at 10 Gbit/s, 29.4 s at 5.
  it('takes the files at the speed of the network card', () => {
    const files = budgetBoot({
      checkpoint: findCheckpoint('w8a8'),
      instanceType: findInstanceType('g5.2xlarge'),
    }).phases.find(({ name }) => name === 'files');
    expect(RUNTIME_BYTES).toBe(3_900_000_000);
    expect(files?.bestSeconds).toBeCloseTo(14.69, 2);
    expect(files?.worstSeconds).toBeCloseTo(29.38, 2);
  });
});
