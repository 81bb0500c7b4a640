import { type AutoScalingClient, DescribeAutoScalingInstancesCommand } from '@aws-sdk/client-auto-scaling';

/** An instance as its Auto Scaling group knows it. */
export interface GroupMembership {
  readonly groupName: string;
  readonly launchTemplateVersion: string;
}

/** The user data cannot name the group (the group names the launch template that holds it), so the instance asks. */
export async function findGroup(client: AutoScalingClient, instanceId: string): Promise<GroupMembership> {
  const answer = await client.send(new DescribeAutoScalingInstancesCommand({ InstanceIds: [instanceId] }));
  const found = answer.AutoScalingInstances?.[0];
  if (!found?.AutoScalingGroupName)
    throw new Error(`instance ${instanceId} belongs to no Auto Scaling group`);
  return {
    groupName: found.AutoScalingGroupName,
    launchTemplateVersion: found.LaunchTemplate?.Version ?? 'none',
  };
}
