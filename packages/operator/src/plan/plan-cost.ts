import {
  computeMonthlyCost,
  findCheckpoint,
  findInstanceType,
  INSTANCE_METRICS,
  METRICS,
  type MonthlyCost,
  PRICE_REGION,
  RUNTIME_BYTES,
} from '@pixtral-fleet/catalog';
import { billedResources } from '@pixtral-fleet/infra/billed-resources';
import type { ResolvedConfig } from '@pixtral-fleet/infra/config';

export interface PlannedCost extends MonthlyCost {
  /** What the numbers leave out or suppose; one sentence each. */
  readonly notes: readonly string[];
}

/** Base64 of a picture of 750 kB, with what is around it. */
const BYTES_PER_REQUEST = 1_000_000;

/** Minutes of the seeder at most, with one checkpoint: docs/files.md reckons 6 to 9. */
const SEEDING_MINUTES = 9;

/** What a further checkpoint takes in the same build: 14 to 25 GB from the hub into the bucket. */
const MORE_MINUTES = 4;

const MINUTES_PER_MONTH = 730 * 60;

/** @param options.type of all instances; one of the config's, by default its first */
export function planCost(
  config: ResolvedConfig,
  options: { readonly imagesPerMonth: number; readonly type?: string },
): PlannedCost {
  const { capacity, instance, files, operations } = config;
  const type = options.type ?? config.instanceTypes[0]?.type;
  if (type === undefined) throw new RangeError('a fleet needs at least one instance type');
  const checkpoints = new Set(config.instanceTypes.map((entry) => entry.checkpoint ?? config.checkpoint));
  const weights = [...checkpoints].map((id) => findCheckpoint(id).weightBytes);
  const cost = computeMonthlyCost({
    instanceType: findInstanceType(type),
    instances: { min: capacity.min, desired: capacity.desired, max: capacity.max },
    stoppedInstances: capacity.warmPool?.size ?? 0,
    rootVolumeGiB: instance.rootVolumeGiB,
    storedBytes: weights.reduce((sum, bytes) => sum + bytes, RUNTIME_BYTES),
    groupMetrics: Object.keys(METRICS).length,
    metricsPerInstance: INSTANCE_METRICS.length,
    seeding: {
      runs: files.seeder === 'codebuild' ? 1 : 0,
      minutes: SEEDING_MINUTES + (checkpoints.size - 1) * MORE_MINUTES,
    },
    canaryRuns: operations.canaryMinutes === 0 ? 0 : MINUTES_PER_MONTH / operations.canaryMinutes,
    traffic: { requests: options.imagesPerMonth, bytesPerRequest: BYTES_PER_REQUEST },
    ...billedResources(config),
  });
  return { ...cost, notes: notesOn(config) };
}

function notesOn(config: ResolvedConfig): readonly string[] {
  const { capacity, network, security, region, instanceTypes } = config;
  const notes: string[] = [];
  if (region !== PRICE_REGION) {
    notes.push(`all prices are those of ${PRICE_REGION}; ${region} costs otherwise, often more`);
  }
  if (capacity.spot) {
    notes.push(
      `Spot prices are not known here: everything is reckoned on demand, though ${capacity.spot.sharePercent} percent above ${capacity.spot.onDemandBase} are bought from Spot`,
    );
  }
  if (capacity.schedules.length > 0) {
    notes.push('schedules are not reckoned in: each column runs at its size all month');
  }
  if (instanceTypes.length > 1) {
    notes.push(
      `only ${instanceTypes[0]?.type} is reckoned; other types are launched where it cannot be had, at their own price`,
    );
  }
  if (network.mode === 'existing') {
    notes.push(
      network.createEndpoints && !network.subnetIds
        ? 'endpoints are reckoned for two zones: how many the VPC has is not known offline'
        : 'what the existing VPC costs is not reckoned in',
    );
  }
  if (security.kmsKeyArn) notes.push('your KMS key costs $1 a month, wherever it is used');
  notes.push(
    'not reckoned in: taxes, support, savings plans, data transfer between regions, VPC flow logs, API calls of Secrets Manager',
  );
  return notes;
}
