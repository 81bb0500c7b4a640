import { type AutoScalingClient, DescribeAutoScalingGroupsCommand } from '@aws-sdk/client-auto-scaling';

export interface GroupInstance {
  readonly id: string;
  readonly type: string;
  readonly availabilityZone: string;
  /** `Pending`, `Pending:Wait`, `InService`, `Terminating:Wait`, … as Auto Scaling names them. */
  readonly lifecycleState: string;
  readonly launchTemplateId: string;
  readonly launchTemplateVersion: string;
}

export interface GroupView {
  readonly name: string;
  readonly desiredCapacity: number;
  readonly instances: readonly GroupInstance[];
}

/** The account's one Auto Scaling group, or undefined as long as the stack has not made it. */
export async function describeGroup(client: AutoScalingClient): Promise<GroupView | undefined> {
  const { AutoScalingGroups: groups = [] } = await client.send(new DescribeAutoScalingGroupsCommand({}));
  const group = groups[0];
  if (!group) return undefined;
  return {
    name: group.AutoScalingGroupName ?? '',
    desiredCapacity: group.DesiredCapacity ?? 0,
    instances: (group.Instances ?? []).map((instance) => ({
      id: instance.InstanceId ?? '',
      type: instance.InstanceType ?? '',
      availabilityZone: instance.AvailabilityZone ?? '',
      lifecycleState: instance.LifecycleState ?? '',
      launchTemplateId: instance.LaunchTemplate?.LaunchTemplateId ?? '',
      launchTemplateVersion: instance.LaunchTemplate?.Version ?? '',
    })),
  };
}
