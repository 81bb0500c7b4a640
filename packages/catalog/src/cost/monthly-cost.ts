import type { InstanceType } from '../instance-types.ts';
import { METRIC_PERIOD_SECONDS } from '../metrics.ts';
import { UNIT_PRICES } from './unit-prices.ts';

/** AWS's own month: 365 days by 24 hours by 12. */
export const HOURS_PER_MONTH = 730;

/** Sizes of the group that a cost is told for. */
export type FleetSize = 'min' | 'desired' | 'max';

const SIZES: readonly FleetSize[] = ['min', 'desired', 'max'];

/** What of a fleet costs money. */
export interface MonthlyCostOptions {
  /** The first choice; another one that is launched for want of capacity has its own price. */
  readonly instanceType: InstanceType;
  /** Instances that run all month at each size. */
  readonly instances: Readonly<Record<FleetSize, number>>;
  /** Instances that stand stopped beside the group, in a warm pool: they cost their disks alone. */
  readonly stoppedInstances: number;
  readonly rootVolumeGiB: number;
  /** Endpoints or gateways times zones: each is billed in each zone. */
  readonly interfaceEndpointZones: number;
  readonly natGateways: number;
  /** Bytes in the bucket: weights of every checkpoint, runtime, agent. */
  readonly storedBytes: number;
  /** Custom metrics of the group as a whole, and of each instance beside. */
  readonly groupMetrics: number;
  readonly metricsPerInstance: number;
  readonly alarms: number;
  /** Alarms on metrics of 10 or 30 seconds. */
  readonly fastAlarms: number;
  readonly dashboards: number;
  readonly secrets: number;
  /** KMS keys that are the fleet's own. */
  readonly keys: number;
  /** Runs of the seeder in a month, and minutes of each. */
  readonly seeding: { readonly runs: number; readonly minutes: number };
  /** Questions that the canary asks in a month. */
  readonly canaryRuns: number;
  readonly traffic: { readonly requests: number; readonly bytesPerRequest: number };
}

/** One line of the bill, in US dollars a month. */
export interface CostLine {
  readonly item: string;
  /** How the amount comes about. */
  readonly basis: string;
  readonly usd: Readonly<Record<FleetSize, number>>;
}

export interface MonthlyCost {
  readonly lines: readonly CostLine[];
  readonly total: Readonly<Record<FleetSize, number>>;
}

/** One LCU takes this many bytes an hour (the dimension that pictures fill first). */
const BYTES_PER_LCU_HOUR = 1e9;

/** A line of the gateway's log for each request, and what instances, Lambdas and flow logs write beside it. */
const LOG_BYTES_PER_REQUEST = 1_000;
const LOG_BYTES_PER_INSTANCE = 200e6;

/** Lambda of the canary: 512 MB for 10 seconds. */
const CANARY_GB_SECONDS = 5;

/** Every line of the bill of a fleet that runs at one size all month, and their sums. Lines of nothing are left out. */
export function computeMonthlyCost(options: MonthlyCostOptions): MonthlyCost {
  const lines = [
    ...instanceLines(options),
    ...networkLines(options),
    ...observationLines(options),
    ...otherLines(options),
  ].filter(({ usd }) => SIZES.some((size) => usd[size] > 0));
  const total = bySize((size) => lines.reduce((sum, { usd }) => sum + usd[size], 0));
  return { lines, total };
}

function instanceLines(options: MonthlyCostOptions): readonly CostLine[] {
  const { instanceType, instances, stoppedInstances, rootVolumeGiB } = options;
  const monthly = instanceType.usdPerHour * HOURS_PER_MONTH;
  return [
    {
      item: `EC2 ${instanceType.name}`,
      basis: `$${instanceType.usdPerHour} an hour × ${HOURS_PER_MONTH} × instances, on demand`,
      usd: bySize((size) => instances[size] * monthly),
    },
    {
      item: 'EBS gp3',
      basis: `${rootVolumeGiB} GiB × $${UNIT_PRICES.gp3GiBMonth.usd} × instances${stoppedInstances > 0 ? ` and the ${stoppedInstances} of the warm pool` : ''}`,
      usd: bySize(
        (size) => (instances[size] + stoppedInstances) * rootVolumeGiB * UNIT_PRICES.gp3GiBMonth.usd,
      ),
    },
  ];
}

function networkLines(options: MonthlyCostOptions): readonly CostLine[] {
  const { interfaceEndpointZones, natGateways, traffic } = options;
  const gigabytes = (traffic.requests * traffic.bytesPerRequest) / 1e9;
  const units = (traffic.requests * traffic.bytesPerRequest) / BYTES_PER_LCU_HOUR / HOURS_PER_MONTH;
  const nat = UNIT_PRICES.natHour.usd + UNIT_PRICES.publicAddressHour.usd;
  return [
    {
      item: 'VPC interface endpoints',
      basis: `${interfaceEndpointZones} endpoint zones × $${UNIT_PRICES.interfaceEndpointHour.usd} × ${HOURS_PER_MONTH}; their data is API calls: cents`,
      usd: bySize(() => interfaceEndpointZones * UNIT_PRICES.interfaceEndpointHour.usd * HOURS_PER_MONTH),
    },
    {
      item: 'NAT gateways',
      basis: `${natGateways} × ($${UNIT_PRICES.natHour.usd} + address $${UNIT_PRICES.publicAddressHour.usd}) × ${HOURS_PER_MONTH}; weights come through the free S3 gateway endpoint`,
      usd: bySize(() => natGateways * nat * HOURS_PER_MONTH),
    },
    {
      item: 'Load balancer',
      basis: `$${UNIT_PRICES.balancerHour.usd} × ${HOURS_PER_MONTH}`,
      usd: bySize(() => UNIT_PRICES.balancerHour.usd * HOURS_PER_MONTH),
    },
    {
      item: 'Load balancer capacity',
      basis: `${gigabytes.toFixed(0)} GB a month = ${units.toFixed(2)} LCU × $${UNIT_PRICES.balancerUnitHour.usd} × ${HOURS_PER_MONTH}`,
      usd: bySize(() => units * UNIT_PRICES.balancerUnitHour.usd * HOURS_PER_MONTH),
    },
  ];
}

function observationLines(options: MonthlyCostOptions): readonly CostLine[] {
  const { instances, groupMetrics, metricsPerInstance, alarms, fastAlarms, dashboards, traffic } = options;
  const puts = (HOURS_PER_MONTH * 3_600) / METRIC_PERIOD_SECONDS / 1_000;
  const logGB = (size: FleetSize) =>
    (traffic.requests * LOG_BYTES_PER_REQUEST + instances[size] * LOG_BYTES_PER_INSTANCE) / 1e9;
  const logPrice = UNIT_PRICES.logGB.usd + UNIT_PRICES.logGBMonth.usd;
  return [
    {
      item: 'CloudWatch metrics',
      basis: `(${groupMetrics} of the group + ${metricsPerInstance} × instances) × $${UNIT_PRICES.metricMonth.usd}`,
      usd: bySize(
        (size) => (groupMetrics + metricsPerInstance * instances[size]) * UNIT_PRICES.metricMonth.usd,
      ),
    },
    {
      item: 'CloudWatch requests',
      basis: `one every ${METRIC_PERIOD_SECONDS} s × instances × $${UNIT_PRICES.metricThousand.usd} a thousand`,
      usd: bySize((size) => instances[size] * puts * UNIT_PRICES.metricThousand.usd),
    },
    {
      item: 'CloudWatch alarms',
      basis: `${alarms} × $${UNIT_PRICES.alarmMonth.usd} + ${fastAlarms} of 10 s × $${UNIT_PRICES.fastAlarmMonth.usd}`,
      usd: bySize(() => alarms * UNIT_PRICES.alarmMonth.usd + fastAlarms * UNIT_PRICES.fastAlarmMonth.usd),
    },
    {
      item: 'CloudWatch dashboard',
      basis: `${dashboards} × $${UNIT_PRICES.dashboardMonth.usd}; an account's first three are free`,
      usd: bySize(() => dashboards * UNIT_PRICES.dashboardMonth.usd),
    },
    {
      item: 'CloudWatch logs',
      basis: `1 kB a request and 0.2 GB an instance × $${logPrice.toFixed(2)} a GB, taken in and kept a month: assumed`,
      usd: bySize((size) => logGB(size) * logPrice),
    },
  ];
}

function otherLines(options: MonthlyCostOptions): readonly CostLine[] {
  const { storedBytes, secrets, keys, seeding, canaryRuns } = options;
  return [
    {
      item: 'S3',
      basis: `${(storedBytes / 1e9).toFixed(1)} GB of weights and runtime × $${UNIT_PRICES.s3GBMonth.usd}; requests of boots: cents`,
      usd: bySize(() => (storedBytes / 1e9) * UNIT_PRICES.s3GBMonth.usd),
    },
    {
      item: 'Secrets Manager',
      basis: `${secrets} × $${UNIT_PRICES.secretMonth.usd}`,
      usd: bySize(() => secrets * UNIT_PRICES.secretMonth.usd),
    },
    {
      item: 'KMS',
      basis: `${keys} × $${UNIT_PRICES.keyMonth.usd}: the alarms' topic`,
      usd: bySize(() => keys * UNIT_PRICES.keyMonth.usd),
    },
    {
      item: 'CodeBuild seeder',
      basis: `${seeding.runs} run${seeding.runs === 1 ? '' : 's'} × ${seeding.minutes} min × $${UNIT_PRICES.buildMinute.usd}: assumed`,
      usd: bySize(() => seeding.runs * seeding.minutes * UNIT_PRICES.buildMinute.usd),
    },
    {
      item: 'Lambda canary',
      basis: `${canaryRuns} runs × ${CANARY_GB_SECONDS} GB-s × $${UNIT_PRICES.lambdaGBSecond.usd}`,
      usd: bySize(() => canaryRuns * CANARY_GB_SECONDS * UNIT_PRICES.lambdaGBSecond.usd),
    },
  ];
}

function bySize(amount: (size: FleetSize) => number): Record<FleetSize, number> {
  return { min: amount('min'), desired: amount('desired'), max: amount('max') };
}
