import { GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeInstancesCommand, DescribeSpotInstanceRequestsCommand } from '@aws-sdk/client-ec2';
import { DescribeTargetHealthCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { METRIC_DIMENSIONS, METRIC_NAMESPACE, METRICS } from '@pixtral-fleet/catalog';
import type { FleetClients } from '../aws/fleet-clients.ts';

/** Published every 10 s; a value older than this says nothing of now. */
const METRIC_WINDOW_MS = 5 * 60_000;

/** `GetMetricData` takes 500 queries at most. */
const MOST_QUERIES = 500;

/** What the balancer thinks of its targets, by instance id. */
export async function readTargetHealth(
  { elbv2 }: Pick<FleetClients, 'elbv2'>,
  targetGroup: string,
): Promise<ReadonlyMap<string, string>> {
  const { TargetHealthDescriptions: targets = [] } = await elbv2.send(
    new DescribeTargetHealthCommand({ TargetGroupArn: targetGroup }),
  );
  return new Map(targets.map(({ Target, TargetHealth }) => [Target?.Id ?? '', TargetHealth?.State ?? '']));
}

/** The last load that each instance has published, in percent; instances that have not are left out. */
export async function readLoad(
  { cloudWatch }: Pick<FleetClients, 'cloudWatch'>,
  stackName: string,
  instances: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const queried = instances.slice(0, MOST_QUERIES);
  if (queried.length === 0) return new Map();
  const { MetricDataResults: results = [] } = await cloudWatch.send(
    new GetMetricDataCommand({
      StartTime: new Date(Date.now() - METRIC_WINDOW_MS),
      EndTime: new Date(),
      ScanBy: 'TimestampDescending',
      MetricDataQueries: queried.map((id, index) => ({
        Id: `load${index}`,
        MetricStat: {
          Metric: {
            Namespace: METRIC_NAMESPACE,
            MetricName: METRICS.load.name,
            Dimensions: instanceDimensions(stackName, id),
          },
          Period: 60,
          Stat: 'Average',
        },
      })),
    }),
  );
  const load = new Map<string, number>();
  for (const { Id = '', Values: [value] = [] } of results) {
    const instance = queried[Number(Id.replace('load', ''))];
    if (instance !== undefined && value !== undefined) load.set(instance, value);
  }
  return load;
}

/** Which of the instances are Spot instances, and which of those AWS is about to take back. */
export async function readSpot(
  { ec2 }: Pick<FleetClients, 'ec2'>,
  instances: readonly string[],
): Promise<{ readonly spot: ReadonlySet<string>; readonly notices: ReadonlySet<string> }> {
  if (instances.length === 0) return { spot: new Set(), notices: new Set() };
  const { Reservations: reservations = [] } = await ec2.send(
    new DescribeInstancesCommand({ Filters: [{ Name: 'instance-id', Values: [...instances] }] }),
  );
  const spot = reservations
    .flatMap(({ Instances = [] }) => Instances)
    .filter(({ InstanceLifecycle }) => InstanceLifecycle === 'spot')
    .map(({ InstanceId = '' }) => InstanceId);
  if (spot.length === 0) return { spot: new Set(), notices: new Set() };
  const { SpotInstanceRequests: requests = [] } = await ec2.send(
    new DescribeSpotInstanceRequestsCommand({ Filters: [{ Name: 'instance-id', Values: spot }] }),
  );
  const marked = requests.filter(({ Status }) => Status?.Code?.startsWith('marked-for-'));
  return { spot: new Set(spot), notices: new Set(marked.map(({ InstanceId = '' }) => InstanceId)) };
}

function instanceDimensions(stackName: string, instance: string) {
  return [
    { Name: METRIC_DIMENSIONS.fleet, Value: stackName },
    { Name: METRIC_DIMENSIONS.instance, Value: instance },
  ];
}
