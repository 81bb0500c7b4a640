import { describe, expect, it } from 'vitest';
import { type DeploySnapshot, deployPhases } from '../../src/deploy/deploy-phases.ts';
import type { ResourceEvent } from '../../src/deploy/stack-events.ts';
import { describeInstances } from '../../src/status/describe-instances.ts';
import { bootReport } from '../boot-report.ts';

describe('the phases of a deployment', () => {
  it('count resources, and say what is being made', () => {
    const phases = deployPhases(
      snapshot({
        total: 40,
        events: [
          event('Stack', 'AWS::CloudFormation::Stack', 'CREATE_IN_PROGRESS'),
          event('Vpc', 'AWS::EC2::VPC', 'CREATE_COMPLETE'),
          event('Endpoint', 'AWS::EC2::VPCEndpoint', 'CREATE_IN_PROGRESS'),
        ],
      }),
    );
    expect(phases[0]).toEqual({
      name: 'stack',
      state: 'running',
      note: '1 of 40 resources; EC2 VPCEndpoint',
    });
    expect(phases.map(({ name }) => name)).toEqual(['stack', 'instances', 'verification']);
  });

  it('tell each instance that does not serve yet, with its boot phase', () => {
    const instances = describeInstances({
      instances: [
        { InstanceId: 'i-1', LifecycleState: 'InService', LaunchTemplate: { Version: '3' } },
        { InstanceId: 'i-2', LifecycleState: 'Pending:Wait', LaunchTemplate: { Version: '3' } },
        { InstanceId: 'i-3', LifecycleState: 'InService', LaunchTemplate: { Version: '2' } },
      ] as never,
      launchTemplateVersion: '3',
      reports: [bootReport()],
      targetHealth: new Map(),
      load: new Map(),
      spot: new Set(),
      spotNotices: new Set(),
      phases: new Map([['i-2', 'engine-start']]),
    });
    const group = { name: 'g', min: 1, desired: 2, max: 4, launchTemplateVersion: '3' };
    const refresh = { id: 'r', status: 'InProgress', percent: 50, reason: undefined };
    const [, , verification, ..._] = deployPhases(snapshot({ fleet: { group, instances, refresh } }));
    const phase = deployPhases(snapshot({ fleet: { group, instances, refresh } }))[1];
    expect(phase).toEqual({
      name: 'instances',
      state: 'running',
      note: '1 of 2 in service; refresh 50 %; i-3 of the old version; i-2 engine-start',
    });
    expect(verification?.state).toBe('waiting');
  });

  it('go on telling why instances refused to serve when those have gone', () => {
    const group = { name: 'g', min: 1, desired: 2, max: 4, launchTemplateVersion: '3' };
    const refusals = [
      bootReport({ ok: false, reason: 'blind', instanceId: 'i-9' }),
      bootReport({ ok: false }),
    ];
    const fleet = { group, instances: [], refresh: undefined };
    expect(deployPhases(snapshot({ fleet, refusals }))[1]).toEqual({
      name: 'instances',
      state: 'failed',
      note: '0 of 2 in service; 2 refused to serve, i-9: blind',
    });
  });

  it('say that the stack rolls back, and why', () => {
    const phases = deployPhases(
      snapshot({
        events: [
          event('Check', 'Custom::PixtralVerification', 'CREATE_FAILED', 'the gate refused'),
          event('Stack', 'AWS::CloudFormation::Stack', 'ROLLBACK_IN_PROGRESS', 'Check failed'),
        ],
      }),
    );
    expect(phases[0]).toMatchObject({ state: 'failed', note: 'rolling back: Check failed' });
    expect(phases.at(-1)).toMatchObject({ state: 'failed', note: 'the gate refused' });
  });

  it('show the build only when one runs', () => {
    const phases = deployPhases(snapshot({ build: { status: 'IN_PROGRESS', phase: 'PRE_BUILD' } }));
    expect(phases[1]).toEqual({ name: 'files', state: 'running', note: 'build: pre_build' });
  });
});

function snapshot(over: Partial<DeploySnapshot>): DeploySnapshot {
  return { events: [], total: undefined, fleet: undefined, build: undefined, refusals: [], ...over };
}

function event(logicalId: string, type: string, status: string, reason?: string): ResourceEvent {
  return { id: `${logicalId}-${status}`, at: 0, logicalId, type, status, reason };
}
