import { paginateDescribeInstanceTypeOfferings } from '@aws-sdk/client-ec2';
import type { DoctorCheck, DoctorContext } from '../doctor-check.ts';
import { fail, ok, warn } from '../finding.ts';
import { fleetZones } from '../fleet-zones.ts';

/** A load balancer needs two zones. */
const LEAST_ZONES = 2;

export const offerings: DoctorCheck = {
  id: 'offerings',
  needs: 'aws',
  actions: ['ec2:DescribeInstanceTypeOfferings', 'ec2:DescribeSubnets'],
  run: async (context) => {
    const { config } = context;
    const [offered, zones] = await Promise.all([readOfferings(context), fleetZones(context)]);
    const types = config.instanceTypes.map(({ type }) => type);
    const zonesWith = (type: string) => offered.get(type) ?? [];
    const anywhere = [...new Set(types.flatMap(zonesWith))].toSorted();
    const listed = types.map((type) => `${type} in ${zonesWith(type).join(', ') || 'none'}`).join('; ');
    if (anywhere.length < LEAST_ZONES) {
      return fail(
        `${config.region} has too few zones with these types: ${listed}`,
        'choose other instanceTypes, or another region',
      );
    }
    const remedy =
      config.network.mode === 'existing'
        ? `choose subnets in ${anywhere.join(', ')}, or other instanceTypes`
        : `network.availabilityZones: ['${anywhere.slice(0, Math.max(LEAST_ZONES, zones.length)).join("', '")}']`;
    const empty = zones.filter((zone) => !anywhere.includes(zone));
    if (empty.length > 0) {
      return fail(`no instance could start in ${empty.join(', ')}: ${listed}`, remedy);
    }
    const [first = ''] = types;
    const lacking = zones.filter((zone) => !zonesWith(first).includes(zone));
    if (lacking.length > 0) return warn(`${lacking.join(', ')} without ${first}: ${listed}`, remedy);
    return ok(`all of ${zones.join(', ')} have ${first}; ${listed}`);
  },
};

/** Zones by instance type, as this account sees them. */
async function readOfferings({
  config,
  clients,
  signal,
}: DoctorContext): Promise<ReadonlyMap<string, readonly string[]>> {
  const zones = new Map<string, string[]>();
  const pages = paginateDescribeInstanceTypeOfferings(
    { client: clients.ec2 },
    {
      LocationType: 'availability-zone',
      Filters: [{ Name: 'instance-type', Values: config.instanceTypes.map(({ type }) => type) }],
    },
    { abortSignal: signal },
  );
  for await (const { InstanceTypeOfferings = [] } of pages) {
    for (const { InstanceType: type = '', Location: zone = '' } of InstanceTypeOfferings) {
      zones.set(type, [...(zones.get(type) ?? []), zone].toSorted());
    }
  }
  return zones;
}
