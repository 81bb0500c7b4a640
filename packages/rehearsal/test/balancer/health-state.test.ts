import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { INITIAL_HEALTH, nextHealth, type ProbeResult } from '../../src/balancer/health-state.ts';
import { isStatusMatcher, matchesStatus } from '../../src/balancer/status-matcher.ts';

describe('status matchers', () => {
  it.each([
    ['200', 200, true],
    ['200', 201, false],
    ['200,202', 202, true],
    ['200-299', 299, true],
    ['200-299', 300, false],
    ['200-204, 301', 301, true],
  ])('%s on %i: %s', (matcher, status, expected) => {
    expect(matchesStatus(matcher, status)).toBe(expected);
  });

  it.each(['', 'ok', '200-', '20', '200;202'])('fails on "%s"', (matcher) => {
    expect(isStatusMatcher(matcher)).toBe(false);
  });
});

describe('health', () => {
  const failed: ProbeResult = { passed: false, reason: 'Target.Timeout', description: 'Request timed out' };
  const probes = fc.array(fc.boolean(), { maxLength: 30 });
  const thresholds = fc.record({
    healthyThreshold: fc.integer({ min: 2, max: 10 }),
    unhealthyThreshold: fc.integer({ min: 2, max: 10 }),
  });
  const after = (
    passed: readonly boolean[],
    limits: { healthyThreshold: number; unhealthyThreshold: number },
  ) =>
    passed.reduce((health, ok) => nextHealth(health, ok ? { passed: true } : failed, limits), INITIAL_HEALTH);

  it('is healthy after the first passed check, however many failed before the threshold', () => {
    const limits = { healthyThreshold: 5, unhealthyThreshold: 3 };
    expect(after([], limits).state).toBe('initial');
    expect(after([true], limits).state).toBe('healthy');
    expect(after([false, false, true], limits).state).toBe('healthy');
    expect(after([false, false, false, true], limits).state).toBe('unhealthy');
  });

  it('changes exactly when the last checks in a row reach the threshold', () => {
    fc.assert(
      fc.property(probes, thresholds, (passed, limits) => {
        let model = 'initial';
        let row = 0;
        let last: boolean | undefined;
        for (const ok of passed) {
          row = ok === last ? row + 1 : 1;
          last = ok;
          if (ok && (model === 'initial' || (model === 'unhealthy' && row >= limits.healthyThreshold)))
            model = 'healthy';
          if (!ok && row >= limits.unhealthyThreshold) model = 'unhealthy';
        }
        expect(after(passed, limits).state).toBe(model);
      }),
    );
  });

  it('carries the reason of the last failed check when unhealthy, and none when healthy', () => {
    fc.assert(
      fc.property(probes, thresholds, (passed, limits) => {
        const health = after(passed, limits);
        if (health.state === 'unhealthy') expect(health.reason).toBe('Target.Timeout');
        if (health.state === 'healthy') expect(health.reason).toBeUndefined();
      }),
    );
  });
});
