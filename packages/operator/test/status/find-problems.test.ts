import { describe, expect, it } from 'vitest';
import { describeInstances } from '../../src/status/describe-instances.ts';
import { findProblems } from '../../src/status/find-problems.ts';
import type { InstanceStatus } from '../../src/status/fleet-status.ts';
import { bootReport, gateAnswer } from '../boot-report.ts';

type Seen = Parameters<typeof findProblems>[0];

describe('what is not as it should be', () => {
  it('is nothing when all that is desired serves', () => {
    expect(findProblems(seen())).toEqual([]);
  });

  it('is too few instances, told before the reasons', () => {
    const [first, ...rest] = findProblems(
      seen({
        instances: [
          instance('i-1'),
          { ...instance('i-2'), lifecycleState: 'Pending:Wait', reason: 'refused' },
        ],
      }),
    );
    expect(first).toBe('1 of 2 instances serve');
    expect(rest).toEqual(['i-2: refused']);
  });

  it('is an instance whose target is unhealthy, though its group counts it', () => {
    const problems = findProblems(
      seen({ instances: [instance('i-1'), { ...instance('i-2'), targetHealth: 'unhealthy' }] }),
    );
    expect(problems).toEqual(['1 of 2 instances serve']);
  });

  it('is a quota that refuses launches, until one is granted', () => {
    const refused = {
      at: '',
      status: 'Failed',
      description: 'Launching a new EC2 instance',
      message: 'VcpuLimitExceeded',
    };
    expect(findProblems(seen({ activities: [refused] }))[0]).toMatch(
      /^launches are refused: the account's quota/,
    );
    const granted = { ...refused, status: 'Successful', message: undefined };
    expect(findProblems(seen({ activities: [granted, refused] }))).toEqual([]);
  });

  it('is an instance of an old version, unless it is being replaced', () => {
    const old = { ...instance('i-2'), launchTemplateVersion: '2', current: false };
    const instances = [instance('i-1'), old];
    expect(findProblems(seen({ instances }))).toEqual([
      "not of the launch template's version 3 (i-2 has 2), and no refresh is running: deploy again",
    ]);
    const refresh = { id: 'r', status: 'InProgress', percent: 0, reason: undefined };
    expect(findProblems(seen({ instances, refresh }))).toEqual([]);
  });

  it.each([
    ['UPDATE_ROLLBACK_FAILED', 'run "pixtral rollback"'],
    ['ROLLBACK_COMPLETE', 'deploy again'],
    ['UPDATE_ROLLBACK_COMPLETE', 'the version before it serves'],
  ])('is a stack in %s, with what to do', (status, advice) => {
    expect(findProblems(seen({ stack: { ...seen().stack, status } }))[0]).toContain(advice);
  });

  it('is an alarm, and a Spot instance that AWS takes back', () => {
    const spot = { ...instance('i-1'), spotNotice: true };
    const alarms = [{ name: 'no-target', reason: 'no healthy target', since: undefined }];
    expect(findProblems(seen({ instances: [spot, instance('i-2')], alarms }))).toEqual([
      'i-1: AWS takes this Spot instance back within two minutes',
      'alarm no-target: no healthy target',
    ]);
  });
});

describe('an instance', () => {
  it('is told by its lifecycle, its report, and its log before that', () => {
    const [serving, refused, booting, draining] = describeInstances({
      instances: [
        { InstanceId: 'i-1', LifecycleState: 'InService' },
        { InstanceId: 'i-2', LifecycleState: 'Pending:Wait' },
        { InstanceId: 'i-3', LifecycleState: 'Pending:Wait' },
        { InstanceId: 'i-4', LifecycleState: 'Terminating:Wait' },
      ] as never,
      launchTemplateVersion: undefined,
      reports: [
        bootReport(),
        bootReport({
          instanceId: 'i-2',
          ok: false,
          reason: 'blind',
          gate: [gateAnswer(true), gateAnswer(false)],
        }),
      ],
      targetHealth: new Map([['i-1', 'healthy']]),
      load: new Map([['i-1', 37.2]]),
      spot: new Set(['i-3']),
      spotNotices: new Set(),
      phases: new Map([['i-3', 'files']]),
    });
    expect(serving).toMatchObject({
      phase: 'in-service',
      bootSeconds: 42,
      gate: { right: 2, asked: 2 },
      load: 37.2,
    });
    expect(refused).toMatchObject({ phase: 'refused', reason: 'blind', gate: { right: 1, asked: 2 } });
    expect(booting).toMatchObject({ phase: 'files', purchase: 'spot', bootSeconds: undefined });
    expect(draining).toMatchObject({ phase: 'draining' });
  });
});

function seen(over: Partial<Seen> = {}): Seen {
  return {
    stack: {
      name: 'S',
      region: 'us-east-1',
      status: 'UPDATE_COMPLETE',
      reason: undefined,
      changedAt: undefined,
    },
    endpointUrl: undefined,
    servedModelName: undefined,
    group: { name: 'g', min: 1, desired: 2, max: 4, launchTemplateVersion: '3' },
    instances: [instance('i-1'), instance('i-2')],
    traffic: undefined,
    refresh: undefined,
    activities: [],
    alarms: [],
    ...over,
  };
}

function instance(id: string): InstanceStatus {
  return {
    id,
    type: 'g5.2xlarge',
    zone: 'us-east-1a',
    lifecycleState: 'InService',
    launchTemplateVersion: '3',
    current: true,
    purchase: 'on-demand',
    phase: 'in-service',
    bootSeconds: 42,
    gate: { right: 2, asked: 2 },
    reason: undefined,
    load: 10,
    targetHealth: 'healthy',
    spotNotice: false,
  };
}
