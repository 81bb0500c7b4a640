import { type EC2Client, type Instance, paginateDescribeInstances } from '@aws-sdk/client-ec2';
import { FLEET_TAG, INSTANCE_TYPES } from '@pixtral-fleet/catalog';

/** vCPUs of G and VT instances that run in the region, without those of the fleet itself. */
export interface RunningVcpus {
  readonly onDemand: number;
  readonly spot: number;
}

export async function countRunningVcpus(
  ec2: EC2Client,
  options: { readonly stackName: string; readonly signal: AbortSignal },
): Promise<RunningVcpus> {
  const total = { onDemand: 0, spot: 0 };
  const pages = paginateDescribeInstances(
    { client: ec2 },
    { Filters: [{ Name: 'instance-state-name', Values: ['pending', 'running'] }] },
    { abortSignal: options.signal },
  );
  for await (const { Reservations = [] } of pages) {
    for (const instance of Reservations.flatMap((reservation) => reservation.Instances ?? [])) {
      if (!isOfQuota(instance) || isOfFleet(instance, options.stackName)) continue;
      total[instance.InstanceLifecycle === 'spot' ? 'spot' : 'onDemand'] += vcpusOf(instance);
    }
  }
  return total;
}

/** Graviton's `g5g` counts too; other letters have quotas of their own. */
function isOfQuota({ InstanceType: type }: Instance): boolean {
  return /^(g|vt)\d/.test(type ?? '');
}

function isOfFleet({ Tags = [] }: Instance, stackName: string): boolean {
  return Tags.some(({ Key, Value }) => Key === FLEET_TAG && Value === stackName);
}

function vcpusOf({ CpuOptions, InstanceType: type }: Instance): number {
  const { CoreCount, ThreadsPerCore } = CpuOptions ?? {};
  if (CoreCount && ThreadsPerCore) return CoreCount * ThreadsPerCore;
  return INSTANCE_TYPES.find(({ name }) => name === type)?.vcpu ?? 0;
}
