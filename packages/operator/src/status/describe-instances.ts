import type { Instance as GroupInstance } from '@aws-sdk/client-auto-scaling';
import type { BootReport } from '@pixtral-fleet/agent';
import type { InstanceStatus } from './fleet-status.ts';

/** Everything that is known about a group's instances, gathered from five services. */
export interface InstanceFacts {
  readonly instances: readonly GroupInstance[];
  readonly launchTemplateVersion: string | undefined;
  /** Newest first. */
  readonly reports: readonly BootReport[];
  /** By instance id. */
  readonly targetHealth: ReadonlyMap<string, string>;
  readonly load: ReadonlyMap<string, number>;
  readonly spot: ReadonlySet<string>;
  readonly spotNotices: ReadonlySet<string>;
  /** Last boot phase that an instance has told in its log, by instance id. */
  readonly phases: ReadonlyMap<string, string>;
}

/** One row for each instance, those in service first, then by id. Pure. */
export function describeInstances(facts: InstanceFacts): readonly InstanceStatus[] {
  return facts.instances
    .map((instance) => describe(instance, facts))
    .toSorted(
      (one, other) =>
        Number(other.lifecycleState === 'InService') - Number(one.lifecycleState === 'InService') ||
        one.id.localeCompare(other.id),
    );
}

function describe(instance: GroupInstance, facts: InstanceFacts): InstanceStatus {
  const id = instance.InstanceId ?? '';
  const lifecycleState = instance.LifecycleState ?? '';
  const version = instance.LaunchTemplate?.Version ?? '';
  const report = facts.reports.find(({ instanceId }) => instanceId === id);
  return {
    id,
    type: instance.InstanceType ?? '',
    zone: instance.AvailabilityZone ?? '',
    lifecycleState,
    launchTemplateVersion: version,
    current: facts.launchTemplateVersion === undefined || version === facts.launchTemplateVersion,
    purchase: facts.spot.has(id) ? 'spot' : 'on-demand',
    phase: phaseOf(lifecycleState, report, facts.phases.get(id)),
    bootSeconds: report?.ok ? bootSeconds(report) : undefined,
    gate: report && report.gate.length > 0 ? countGate(report) : undefined,
    reason: report && !report.ok ? (report.reason ?? 'it gave no reason') : undefined,
    load: facts.load.get(id),
    targetHealth: facts.targetHealth.get(id),
    spotNotice: facts.spotNotices.has(id),
  };
}

/** The lifecycle says whether it serves; the report, where it stands before that. */
function phaseOf(lifecycleState: string, report: BootReport | undefined, told: string | undefined): string {
  if (lifecycleState.startsWith('Terminating')) return 'draining';
  if (report && !report.ok) return 'refused';
  if (lifecycleState === 'InService') return 'in-service';
  return report?.phases.at(-1)?.name ?? told ?? 'booting';
}

/** Seconds from the start of the agent to the end of its last boot phase. */
function bootSeconds(report: BootReport): number | undefined {
  const last = report.phases.at(-1);
  if (!last) return undefined;
  return Math.round((Date.parse(last.startedAt) + last.ms - Date.parse(report.startedAt)) / 100) / 10;
}

function countGate({ gate }: BootReport): { readonly right: number; readonly asked: number } {
  return { right: gate.filter(({ ok }) => ok).length, asked: gate.length };
}
