import {
  type AutoScalingGroup,
  DescribeAutoScalingGroupsCommand,
  DescribeInstanceRefreshesCommand,
  DescribeScalingActivitiesCommand,
} from '@aws-sdk/client-auto-scaling';
import type { FleetClients } from '../aws/fleet-clients.ts';
import type { ActivityStatus, GroupStatus, RefreshStatus } from './fleet-status.ts';

type Clients = Pick<FleetClients, 'autoScaling'>;

/** The group as Auto Scaling knows it, or undefined when it does not exist (yet, or any more). */
export async function findGroup(
  { autoScaling }: Clients,
  name: string,
): Promise<AutoScalingGroup | undefined> {
  const { AutoScalingGroups: groups = [] } = await autoScaling.send(
    new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] }),
  );
  return groups[0];
}

export function describeGroup(group: AutoScalingGroup): GroupStatus {
  const template =
    group.MixedInstancesPolicy?.LaunchTemplate?.LaunchTemplateSpecification ?? group.LaunchTemplate;
  return {
    name: group.AutoScalingGroupName ?? '',
    min: group.MinSize ?? 0,
    desired: group.DesiredCapacity ?? 0,
    max: group.MaxSize ?? 0,
    launchTemplateVersion: template?.Version,
  };
}

/** The refresh that runs, or the last one that ran. */
export async function findRefresh(
  { autoScaling }: Clients,
  group: string,
): Promise<RefreshStatus | undefined> {
  const { InstanceRefreshes: [refresh] = [] } = await autoScaling.send(
    new DescribeInstanceRefreshesCommand({ AutoScalingGroupName: group, MaxRecords: 1 }),
  );
  if (!refresh) return undefined;
  return {
    id: refresh.InstanceRefreshId ?? '',
    status: refresh.Status ?? '',
    percent: refresh.PercentageComplete ?? 0,
    reason: refresh.StatusReason || undefined,
  };
}

/** What the group did lately, newest first. @param limit at most 100, the API's page */
export async function readActivities(
  { autoScaling }: Clients,
  group: string,
  limit: number,
): Promise<readonly ActivityStatus[]> {
  const { Activities: activities = [] } = await autoScaling.send(
    new DescribeScalingActivitiesCommand({ AutoScalingGroupName: group, MaxRecords: limit }),
  );
  return activities.slice(0, limit).map((activity) => ({
    at: (activity.StartTime ?? new Date(0)).toISOString(),
    status: activity.StatusCode ?? '',
    description: activity.Description ?? '',
    message: activity.StatusMessage || undefined,
  }));
}
