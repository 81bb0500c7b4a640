import type { BootReport } from '@pixtral-fleet/agent';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Observation, planVerification } from '../../src/verification/plan-verification.ts';

const MINUTES = 60_000;

const QUOTA = 'VcpuLimitExceeded - You have requested more than your current vCPU limit of 0 allows.';
const CAPACITY =
  'InsufficientInstanceCapacity - We currently do not have sufficient g5.2xlarge capacity in the Availability Zone you requested (us-east-1a).';

describe('verification', () => {
  it('waits for the instances, and says how far they are', () => {
    expect(planVerification(seen({ instances: [serving('i-1')] }))).toEqual({
      kind: 'wait',
      reason: '1 of 2 instances of version 3 are in service',
    });
  });

  it('asks those of the new version only', () => {
    const instances = [serving('i-1'), serving('i-2'), { ...serving('i-old'), launchTemplateVersion: '2' }];
    expect(planVerification(seen({ instances }))).toEqual({ kind: 'check', instances: ['i-1', 'i-2'] });
  });

  it('is not fooled by instances of the old version', () => {
    const old = { launchTemplateVersion: '2' };
    const instances = [
      { ...serving('i-1'), ...old },
      { ...serving('i-2'), ...old },
    ];
    expect(planVerification(seen({ instances })).kind).toBe('wait');
  });

  it('fails at the second instance that does not come up, in its words', () => {
    const reports = [refused('i-1', 'refused by the gate: …'), refused('i-2', 'refused too')];
    expect(planVerification(seen({ reports: reports.slice(0, 1) })).kind).toBe('wait');
    expect(planVerification(seen({ reports }))).toEqual({
      kind: 'fail',
      reason: 'refused by the gate: … (i-1; 2 instances did not come up)',
    });
  });

  it('fails when the time is over, with the states', () => {
    expect(
      planVerification(
        seen({ remainingMs: MINUTES, instances: [{ ...serving('i-1'), lifecycleState: 'Pending:Wait' }] }),
      ),
    ).toEqual({
      kind: 'fail',
      reason:
        "0 of 2 instances of version 3 are in service when the time was over (i-1 Pending:Wait): read the instances' logs for the step that takes so long",
    });
  });

  it('fails early when the quota refuses every launch, with the remedy', () => {
    const refusedLaunches = [QUOTA, QUOTA, QUOTA];
    expect(planVerification(seen({ refusedLaunches: refusedLaunches.slice(1) })).kind).toBe('wait');
    expect(planVerification(seen({ refusedLaunches }))).toEqual({
      kind: 'fail',
      reason: expect.stringMatching(
        /^the account's quota for G instances \(0 vCPUs\) has no room for another one: ask for more: aws service-quotas .* \(3 launches refused\)$/,
      ),
    });
  });

  it('goes on waiting when the quota refuses some of the launches, or when it is capacity that lacks', () => {
    const booting = { ...serving('i-1'), lifecycleState: 'Pending:Wait' };
    expect(
      planVerification(seen({ refusedLaunches: [QUOTA, QUOTA, QUOTA], instances: [booting] })).kind,
    ).toBe('wait');
    expect(planVerification(seen({ refusedLaunches: Array(9).fill(CAPACITY) })).kind).toBe('wait');
  });

  it('names the refused launch first when the time is over', () => {
    expect(planVerification(seen({ refusedLaunches: [CAPACITY], remainingMs: MINUTES }))).toEqual({
      kind: 'fail',
      reason: expect.stringMatching(
        /^AWS has no g5\.2xlarge left in us-east-1a: .* \(1 launch refused\); 0 of 2 instances .* \(none was launched\)$/,
      ),
    });
  });

  it('asks nobody when nobody is wanted', () => {
    expect(planVerification(seen({ desired: 0, instances: [] }))).toEqual({ kind: 'asleep' });
  });

  it('never waits without time, and never checks fewer than are desired', () => {
    const instance = fc.record({
      id: fc.string(),
      lifecycleState: fc.constantFrom('InService', 'Pending:Wait', 'Terminating'),
      launchTemplateVersion: fc.constantFrom('2', '3'),
    });
    fc.assert(
      fc.property(
        fc.array(instance),
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: -MINUTES, max: 20 * MINUTES }),
        (instances, desired, remainingMs) => {
          const step = planVerification(seen({ instances, desired, remainingMs }));
          if (remainingMs <= 0) expect(step.kind).not.toBe('wait');
          if (step.kind === 'check') expect(step.instances.length).toBeGreaterThanOrEqual(desired);
        },
      ),
    );
  });
});

function seen(over: Partial<Observation>): Observation {
  return {
    launchTemplateVersion: '3',
    desired: 2,
    instances: [],
    reports: [],
    refusedLaunches: [],
    remainingMs: 10 * MINUTES,
    ...over,
  };
}

function serving(id: string) {
  return { id, lifecycleState: 'InService', launchTemplateVersion: '3' };
}

function refused(instanceId: string, reason: string): BootReport {
  const startedAt = '2026-01-01T00:00:00.000Z';
  return {
    version: 1,
    instanceId,
    launchTemplateVersion: '3',
    ok: false,
    reason,
    startedAt,
    phases: [],
    gate: [],
    restarts: [],
  };
}
