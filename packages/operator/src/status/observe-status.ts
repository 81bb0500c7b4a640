import type { Instance } from '@aws-sdk/client-auto-scaling';
import { DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import type { FleetClients } from '../aws/fleet-clients.ts';
import { type DeployedStack, listResources, requireStack } from '../fleet/find-stack.ts';
import { type FleetParts, findParts } from '../fleet/fleet-parts.ts';
import { readBootReports } from '../fleet/read-boot-reports.ts';
import { readPhases } from '../logs/read-phases.ts';
import { describeInstances } from './describe-instances.ts';
import { findProblems } from './find-problems.ts';
import type { AlarmStatus, FleetStatus, InstanceStatus } from './fleet-status.ts';
import { describeGroup, findGroup, findRefresh, readActivities } from './observe-group.ts';
import { readLoad, readSpot, readTargetHealth } from './observe-instances.ts';
import { readTraffic } from './read-traffic.ts';

/** Scaling activities that are shown. */
const ACTIVITIES = 5;

/** How the fleet stands now, from CloudFormation, Auto Scaling, the balancer, CloudWatch and the boot reports. */
export async function observeStatus(clients: FleetClients, stackName: string): Promise<FleetStatus> {
  const stack = await requireStack(clients, stackName);
  const parts = findParts(stack, await listResources(clients, stackName));
  const [fleet, traffic, alarms] = await Promise.all([
    observeFleet(clients, stack, parts),
    parts.group === undefined ? undefined : readTraffic(clients, stackName),
    readAlarms(clients, parts),
  ]);
  const { name, region, status, statusReason: reason, changedAt } = stack;
  const seen = {
    stack: { name, region, status, reason, changedAt },
    endpointUrl: stack.outputs.EndpointUrl,
    servedModelName: stack.outputs.ServedModelName,
    ...fleet,
    traffic,
    alarms,
  };
  const problems = findProblems(seen);
  return { version: 1, ok: problems.length === 0, problems, ...seen };
}

/** Group, instances, refresh and activities; what does not exist (yet) is left out. */
export async function observeFleet(
  clients: FleetClients,
  stack: Pick<DeployedStack, 'name'>,
  parts: FleetParts,
): Promise<Pick<FleetStatus, 'group' | 'instances' | 'refresh' | 'activities'>> {
  const group = parts.group === undefined ? undefined : await findGroup(clients, parts.group);
  if (!group) return { group: undefined, instances: [], refresh: undefined, activities: [] };
  const described = describeGroup(group);
  const [instances, refresh, activities] = await Promise.all([
    observeInstances(clients, stack, parts, group.Instances ?? [], described.launchTemplateVersion),
    findRefresh(clients, described.name),
    readActivities(clients, described.name, ACTIVITIES),
  ]);
  return { group: described, instances, refresh, activities };
}

async function observeInstances(
  clients: FleetClients,
  stack: Pick<DeployedStack, 'name'>,
  parts: FleetParts,
  instances: readonly Instance[],
  launchTemplateVersion: string | undefined,
): Promise<readonly InstanceStatus[]> {
  const ids = instances.map(({ InstanceId = '' }) => InstanceId);
  const booting = instances
    .filter(({ LifecycleState = '' }) => LifecycleState.startsWith('Pending'))
    .map(({ InstanceId = '' }) => InstanceId);
  const [reports, targetHealth, load, spot, phases] = await Promise.all([
    parts.bucket === undefined ? [] : readBootReports(clients, { bucket: parts.bucket }),
    parts.targetGroup === undefined ? new Map() : readTargetHealth(clients, parts.targetGroup),
    readLoad(clients, stack.name, ids),
    readSpot(clients, ids),
    parts.agentLogGroup === undefined ? new Map() : readPhases(clients, parts.agentLogGroup, booting),
  ]);
  return describeInstances({
    ...{ instances, launchTemplateVersion, reports, targetHealth, load, phases },
    ...{ spot: spot.spot, spotNotices: spot.notices },
  });
}

async function readAlarms(
  { cloudWatch }: Pick<FleetClients, 'cloudWatch'>,
  { alarms: names }: FleetParts,
): Promise<readonly AlarmStatus[]> {
  if (names.length === 0) return [];
  const { MetricAlarms: alarms = [] } = await cloudWatch.send(
    // At most 100 names at a time; a fleet has about fifteen.
    new DescribeAlarmsCommand({ AlarmNames: names.slice(0, 100), StateValue: 'ALARM' }),
  );
  return alarms.map((alarm) => ({
    name: alarm.AlarmName ?? '',
    reason: alarm.StateReason,
    since: alarm.StateUpdatedTimestamp?.toISOString(),
  }));
}
