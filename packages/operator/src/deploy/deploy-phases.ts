import type { BootReport } from '@pixtral-fleet/agent';
import type { FleetStatus, InstanceStatus } from '../status/fleet-status.ts';
import type { ResourceEvent } from './stack-events.ts';

export type PhaseState = 'waiting' | 'running' | 'done' | 'failed';

/** One line of a deployment's progress. */
export interface DeployPhase {
  readonly name: 'stack' | 'files' | 'instances' | 'verification';
  readonly state: PhaseState;
  readonly note: string;
}

/** What is seen of a deployment at one moment. */
export interface DeploySnapshot {
  /** CloudFormation's events of this deployment, oldest first. */
  readonly events: readonly ResourceEvent[];
  /** Resources of the template. @default - not known */
  readonly total: number | undefined;
  readonly fleet: Pick<FleetStatus, 'group' | 'instances' | 'refresh'> | undefined;
  /** Instances of this deployment that refused to serve, newest first; most have gone since. */
  readonly refusals: readonly BootReport[];
  /** The build that fills the bucket, when one runs or ran: CodeBuild's status and phase. */
  readonly build: { readonly status: string; readonly phase: string | undefined } | undefined;
}

/** How far a deployment is, phase by phase. Pure. */
export function deployPhases(snapshot: DeploySnapshot): readonly DeployPhase[] {
  const latest = latestByResource(snapshot.events);
  return [
    stackPhase(snapshot, latest),
    ...(snapshot.build ? [filesPhase(snapshot.build)] : []),
    instancesPhase(snapshot),
    verificationPhase(latest),
  ];
}

type Latest = ReadonlyMap<string, ResourceEvent>;

/** The last thing that happened to each resource, in the order in which they began. */
function latestByResource(events: readonly ResourceEvent[]): Latest {
  const latest = new Map<string, ResourceEvent>();
  for (const event of events) latest.set(event.logicalId, event);
  return latest;
}

const STACK = 'AWS::CloudFormation::Stack';

function stackPhase({ total }: DeploySnapshot, latest: Latest): DeployPhase {
  const all = [...latest.values()];
  const stack = all.find(({ type }) => type === STACK);
  const resources = all.filter(({ type }) => type !== STACK);
  const done = resources.filter(({ status }) => status.endsWith('_COMPLETE')).length;
  const under = resources.filter(({ status }) => status.endsWith('_IN_PROGRESS'));
  const failed = resources.find(({ status }) => status.endsWith('_FAILED'));
  const count = total === undefined ? `${done} resources` : `${done} of ${total} resources`;
  if (stack && /ROLLBACK/.test(stack.status)) {
    return {
      name: 'stack',
      state: 'failed',
      note: `rolling back: ${stack.reason ?? failed?.reason ?? stack.status}`,
    };
  }
  if (failed)
    return { name: 'stack', state: 'failed', note: `${failed.logicalId}: ${failed.reason ?? failed.status}` };
  if (stack && /^(CREATE|UPDATE)_COMPLETE$/.test(stack.status))
    return { name: 'stack', state: 'done', note: count };
  if (all.length === 0) return { name: 'stack', state: 'waiting', note: '' };
  const newest = under.at(-1);
  return { name: 'stack', state: 'running', note: newest ? `${count}; ${shortType(newest.type)}` : count };
}

/** `AWS::EC2::VPCEndpoint` is read as `EC2 VPCEndpoint`. */
function shortType(type: string): string {
  return type.replace(/^AWS::/, '').replace('::', ' ');
}

function filesPhase({ status, phase }: NonNullable<DeploySnapshot['build']>): DeployPhase {
  if (status === 'SUCCEEDED') return { name: 'files', state: 'done', note: 'in the bucket' };
  if (status === 'IN_PROGRESS') {
    return { name: 'files', state: 'running', note: `build: ${(phase ?? 'QUEUED').toLowerCase()}` };
  }
  return { name: 'files', state: 'failed', note: `build ended ${status}` };
}

function instancesPhase({ fleet, refusals }: DeploySnapshot): DeployPhase {
  const { group, instances = [], refresh } = fleet ?? {};
  if (!group) return { name: 'instances', state: 'waiting', note: '' };
  const serving = instances.filter(
    ({ lifecycleState, current }) => lifecycleState === 'InService' && current,
  ).length;
  const booting = instances
    .filter(({ lifecycleState, current }) => lifecycleState !== 'InService' || !current)
    .map(tellInstance);
  const replacing = refresh?.status === 'InProgress' ? [`refresh ${refresh.percent} %`] : [];
  const [newest] = refusals;
  const refused = newest
    ? [`${refusals.length} refused to serve, ${newest.instanceId}: ${newest.reason}`]
    : [];
  const note = [`${serving} of ${group.desired} in service`, ...refused, ...replacing, ...booting].join('; ');
  const done = serving >= group.desired && booting.length === 0;
  return { name: 'instances', state: done ? 'done' : newest ? 'failed' : 'running', note };
}

function tellInstance({ id, phase, current, lifecycleState }: InstanceStatus): string {
  if (lifecycleState === 'InService' && !current) return `${id} of the old version`;
  return `${id} ${phase}`;
}

function verificationPhase(latest: Latest): DeployPhase {
  const event = [...latest.values()].find(({ type }) => type === 'Custom::PixtralVerification');
  if (!event || event.status.startsWith('DELETE'))
    return { name: 'verification', state: 'waiting', note: '' };
  if (event.status.endsWith('_COMPLETE'))
    return { name: 'verification', state: 'done', note: 'smoke tests passed in the VPC' };
  if (event.status.endsWith('_FAILED')) {
    return { name: 'verification', state: 'failed', note: event.reason ?? 'no reason given' };
  }
  return { name: 'verification', state: 'running', note: 'waits for the instances, then asks them' };
}
