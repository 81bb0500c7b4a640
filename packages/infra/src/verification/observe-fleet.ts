import {
  type Activity,
  type AutoScalingClient,
  DescribeAutoScalingGroupsCommand,
  DescribeScalingActivitiesCommand,
} from '@aws-sdk/client-auto-scaling';
import { GetObjectCommand, ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import { type BootReport, parseBootReport } from '@pixtral-fleet/agent';
import type { Observation } from './plan-verification.ts';

export interface FleetNames {
  readonly autoScalingGroup: string;
  readonly bucket: string;
  readonly bootReportPrefix: string;
}

/** What can be seen of the fleet at this moment. */
export async function observeFleet(
  clients: { readonly autoScaling: AutoScalingClient; readonly s3: S3Client },
  names: FleetNames,
  launchTemplateVersion: string,
): Promise<Omit<Observation, 'remainingMs'>> {
  return {
    launchTemplateVersion,
    ...(await observeGroup(clients.autoScaling, names.autoScalingGroup)),
    reports: await readReports(clients.s3, names, launchTemplateVersion),
    refusedLaunches: await readRefusedLaunches(clients.autoScaling, names.autoScalingGroup),
  };
}

/** Launches that EC2 has refused since it last granted one, newest first. */
async function readRefusedLaunches(autoScaling: AutoScalingClient, name: string): Promise<readonly string[]> {
  const { Activities: activities = [] } = await autoScaling.send(
    new DescribeScalingActivitiesCommand({ AutoScalingGroupName: name, MaxRecords: 50 }),
  );
  return currentRefusals(activities);
}

/**
 * A refused launch has failed; one that a lifecycle hook ended is cancelled, and its boot report says why.
 * @param activities newest first, as Auto Scaling returns them
 */
export function currentRefusals(
  activities: readonly Pick<Activity, 'Description' | 'StatusCode' | 'StatusMessage'>[],
): readonly string[] {
  const launches = activities.filter(({ Description = '' }) => Description.startsWith('Launching'));
  const granted = launches.findIndex(({ StatusCode }) => StatusCode !== 'Failed');
  return launches
    .slice(0, granted === -1 ? undefined : granted)
    .map(({ StatusMessage = '' }) => StatusMessage);
}

/** The group's size and instances. @throws Error when there is none of this name. */
export async function observeGroup(
  autoScaling: AutoScalingClient,
  name: string,
): Promise<Pick<Observation, 'desired' | 'instances'>> {
  const { AutoScalingGroups: groups = [] } = await autoScaling.send(
    new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] }),
  );
  const [group] = groups;
  if (!group) throw new Error(`there is no Auto Scaling group ${name}`);
  return {
    desired: group.DesiredCapacity ?? 0,
    instances: (group.Instances ?? []).map((instance) => ({
      id: instance.InstanceId ?? '',
      lifecycleState: instance.LifecycleState ?? '',
      launchTemplateVersion: instance.LaunchTemplate?.Version ?? '',
    })),
  };
}

async function readReports(
  s3: S3Client,
  names: FleetNames,
  launchTemplateVersion: string,
): Promise<readonly BootReport[]> {
  const Prefix = `${names.bootReportPrefix}${launchTemplateVersion}/`;
  const { Contents: objects = [] } = await s3.send(
    new ListObjectsV2Command({ Bucket: names.bucket, Prefix }),
  );
  return Promise.all(
    objects.map(async ({ Key }) => {
      const answer = await s3.send(new GetObjectCommand({ Bucket: names.bucket, Key }));
      return parseBootReport(JSON.parse((await answer.Body?.transformToString()) ?? ''));
    }),
  );
}
