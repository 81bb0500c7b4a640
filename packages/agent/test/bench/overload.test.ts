import { describe, expect, test } from 'vitest';
import { measureMaximum, runOverload } from '../../bench/overload/run-overload.ts';

const INSTANCE = {
  ...{ checkpoint: 'w8a8', instanceType: 'g5.2xlarge', maxNumSeqs: 16 },
  // The engine is slower than the model by which the gateway begins.
  ...{ slowdown: 1.6, seed: 7, seconds: 1_200 },
};
const DEADLINE = { deadlineSeconds: 60 };

describe('three times what an instance can answer', () => {
  const maximum = measureMaximum(INSTANCE);
  const load = { ...INSTANCE, ...DEADLINE, perSecond: 3 * maximum.perSecond };

  test('brings at least 95 percent of what it can answer within the deadline, and next to nobody waits in vain', () => {
    const result = runOverload({ ...load, admission: true });
    expect(result.goodPerSecond).toBeGreaterThan(0.95 * maximum.perSecond);
    // Not by answering small pictures only.
    expect(result.goodImageTokensPerSecond).toBeGreaterThan(0.9 * maximum.imageTokensPerSecond);
    expect(result.late).toBeLessThan(0.01 * result.arrived);
    expect(result.p99).toBeLessThanOrEqual(60);
  });

  test('brings nothing without admission: all wait, and all leave', () => {
    const result = runOverload({ ...load, admission: false });
    expect(result.goodPerSecond).toBeLessThan(0.05 * maximum.perSecond);
    expect(result.late).toBeGreaterThan(0.9 * result.arrived);
  });

  test('is refused in part only when it is too much', () => {
    const result = runOverload({ ...load, perSecond: 0.5 * maximum.perSecond, admission: true });
    expect(result.good / result.arrived).toBeGreaterThan(0.97);
  });
});
