import { DescribeSubnetsCommand } from '@aws-sdk/client-ec2';
import { findOfferingZones } from '@pixtral-fleet/catalog';
import type { DoctorContext } from './doctor-check.ts';

/** Zones that the fleet will be in: those of the config or of its subnets, else those that synth would choose. */
export async function fleetZones({ config, clients, signal }: DoctorContext): Promise<readonly string[]> {
  const { network } = config;
  if (network.mode === 'existing') {
    const { Subnets = [] } = await clients.ec2.send(
      new DescribeSubnetsCommand(
        network.subnetIds
          ? { SubnetIds: [...network.subnetIds] }
          : { Filters: [{ Name: 'vpc-id', Values: [network.vpcId ?? ''] }] },
      ),
      { abortSignal: signal },
    );
    return [...new Set(Subnets.flatMap(({ AvailabilityZone: zone }) => zone ?? []))].toSorted();
  }
  if (network.availabilityZones) return network.availabilityZones;
  const offered = config.instanceTypes.flatMap(({ type }) => findOfferingZones(config.region, type) ?? []);
  return [...new Set(offered)].slice(0, network.maxAzs).toSorted();
}
