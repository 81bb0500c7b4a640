import { DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  DescribeInstancesCommand,
  DescribeNetworkInterfacesCommand,
  DescribeVolumesCommand,
} from '@aws-sdk/client-ec2';
import { GetResourcesCommand } from '@aws-sdk/client-resource-groups-tagging-api';
import { HeadBucketCommand } from '@aws-sdk/client-s3';
import type { FleetClients } from '../aws/fleet-clients.ts';
import type { StackResource } from '../fleet/find-stack.ts';
import type { KeptResource } from './plan-destroy.ts';

/** Something that the deleted stack left behind. */
export interface Leftover {
  readonly kind: string;
  readonly name: string;
  /** Command that removes it, or what to do. */
  readonly remedy: string;
}

export interface DeletedStack {
  readonly name: string;
  readonly region: string;
  /** As they were before the deletion. */
  readonly resources: readonly StackResource[];
  readonly kept: readonly KeptResource[];
}

/** What is still there of a deleted stack and should not be: by describing each kind that costs, and by tag. */
export async function findLeftovers(
  clients: FleetClients,
  stack: DeletedStack,
): Promise<readonly Leftover[]> {
  const found = await Promise.all([
    findMachines(clients, stack),
    findInterfaces(clients, stack),
    findBuckets(clients, stack),
    findLogGroups(clients, stack),
    findTagged(clients, stack),
  ]);
  const unique = new Map(found.flat().map((leftover) => [leftover.name, leftover]));
  return [...unique.values()];
}

function gone(stack: DeletedStack, type: string): readonly string[] {
  const kept = new Set(stack.kept.map(({ physicalId }) => physicalId));
  return stack.resources
    .filter(
      (resource) => resource.type === type && resource.physicalId !== '' && !kept.has(resource.physicalId),
    )
    .map(({ physicalId }) => physicalId);
}

async function findMachines({ ec2 }: FleetClients, stack: DeletedStack): Promise<readonly Leftover[]> {
  const groups = gone(stack, 'AWS::AutoScaling::AutoScalingGroup');
  if (groups.length === 0) return [];
  const ofGroup = { Name: 'tag:aws:autoscaling:groupName', Values: [...groups] };
  const [{ Reservations: reservations = [] }, { Volumes: volumes = [] }] = await Promise.all([
    ec2.send(
      new DescribeInstancesCommand({
        Filters: [
          ofGroup,
          { Name: 'instance-state-name', Values: ['pending', 'running', 'stopping', 'stopped'] },
        ],
      }),
    ),
    ec2.send(new DescribeVolumesCommand({ Filters: [ofGroup] })),
  ]);
  const instances = reservations.flatMap(({ Instances = [] }) => Instances);
  return [
    ...instances.map(({ InstanceId: name = '' }) => ({
      ...{ kind: 'instance', name },
      remedy: `aws ec2 terminate-instances --region ${stack.region} --instance-ids ${name}`,
    })),
    ...volumes.map(({ VolumeId: name = '' }) => ({
      ...{ kind: 'volume', name },
      remedy: `aws ec2 delete-volume --region ${stack.region} --volume-id ${name}`,
    })),
  ];
}

/** Those of a Lambda in the VPC go up to twenty minutes after it. */
async function findInterfaces({ ec2 }: FleetClients, stack: DeletedStack): Promise<readonly Leftover[]> {
  const vpcs = gone(stack, 'AWS::EC2::VPC');
  if (vpcs.length === 0) return [];
  const { NetworkInterfaces: interfaces = [] } = await ec2.send(
    new DescribeNetworkInterfacesCommand({ Filters: [{ Name: 'vpc-id', Values: [...vpcs] }] }),
  );
  return interfaces.map(({ NetworkInterfaceId: name = '' }) => ({
    ...{ kind: 'network interface', name },
    remedy: `aws ec2 delete-network-interface --region ${stack.region} --network-interface-id ${name}`,
  }));
}

async function findBuckets({ s3 }: FleetClients, stack: DeletedStack): Promise<readonly Leftover[]> {
  const there = await Promise.all(
    gone(stack, 'AWS::S3::Bucket').map(async (name) => ((await bucketExists(s3, name)) ? [name] : [])),
  );
  return there.flat().map((name) => ({ kind: 'bucket', name, remedy: `aws s3 rb --force s3://${name}` }));
}

async function bucketExists(s3: FleetClients['s3'], name: string): Promise<boolean> {
  try {
    await s3.send(new HeadBucketCommand({ Bucket: name }));
    return true;
  } catch (error) {
    if (error instanceof Error && /NotFound|NoSuchBucket/.test(error.name)) return false;
    throw error;
  }
}

async function findLogGroups({ logs }: FleetClients, stack: DeletedStack): Promise<readonly Leftover[]> {
  const there = await Promise.all(
    gone(stack, 'AWS::Logs::LogGroup').map(async (name) => {
      const { logGroups = [] } = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: name }));
      return logGroups.some(({ logGroupName }) => logGroupName === name) ? [name] : [];
    }),
  );
  return there.flat().map((name) => ({
    ...{ kind: 'log group', name },
    remedy: `aws logs delete-log-group --region ${stack.region} --log-group-name ${name}`,
  }));
}

/** Kinds that the tagging service goes on listing for a while after their end; they are described above. */
const LISTED_AFTER_THE_END = /:(instance|volume|network-interface|secret|key)[/:]/;

async function findTagged({ tagging }: FleetClients, stack: DeletedStack): Promise<readonly Leftover[]> {
  const kept = stack.kept.map(({ physicalId }) => physicalId);
  const leftovers: Leftover[] = [];
  let PaginationToken: string | undefined;
  do {
    const page = await tagging.send(
      new GetResourcesCommand({
        TagFilters: [{ Key: 'aws:cloudformation:stack-name', Values: [stack.name] }],
        PaginationToken,
      }),
    );
    for (const { ResourceARN: arn = '' } of page.ResourceTagMappingList ?? []) {
      if (LISTED_AFTER_THE_END.test(arn) || kept.some((id) => arn.includes(id))) continue;
      leftovers.push({
        kind: 'resource',
        name: arn,
        remedy: 'delete it in its console; the tag says it was of this stack',
      });
    }
    PaginationToken = page.PaginationToken || undefined;
  } while (PaginationToken);
  return leftovers;
}
