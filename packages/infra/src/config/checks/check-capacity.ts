import type { ResolvedConfig } from '../config-schema.ts';
import type { ConfigCheck } from './index.ts';

/** Sizes in order, also those by the clock, and nothing combined that AWS does not combine. */
export const checkCapacity: ConfigCheck = (config) => [
  ...checkOrder('capacity', config.capacity),
  ...checkSchedules(config.capacity),
  ...checkSpot(config.capacity),
  ...checkWarmPool(config),
];

type Capacity = ResolvedConfig['capacity'];

function checkOrder(
  where: string,
  { min, desired, max }: Pick<Capacity, 'min' | 'desired' | 'max'>,
): readonly string[] {
  if (min <= desired && desired <= max) return [];
  return [`${where} must have min ≤ desired ≤ max, got min ${min}, desired ${desired}, max ${max}`];
}

function checkSchedules(capacity: Capacity): readonly string[] {
  const names = capacity.schedules.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined)
    return [`capacity.schedules must have a name each, got two of ${JSON.stringify(twice)}`];
  return capacity.schedules.flatMap((schedule) => {
    const { name, min = capacity.min, max = capacity.max } = schedule;
    const sizes = [schedule.min, schedule.desired, schedule.max];
    if (sizes.every((size) => size === undefined)) {
      return [`capacity.schedules ${JSON.stringify(name)} changes nothing: give it min, desired or max`];
    }
    // Without a desired size of its own, the group moves into the new bounds by itself.
    return checkOrder(`capacity.schedules ${JSON.stringify(name)}`, {
      min,
      max,
      desired: schedule.desired ?? min,
    });
  });
}

function checkSpot({ spot, reservations, max }: Capacity): readonly string[] {
  if (!spot) return [];
  if (reservations === 'only') {
    return [
      "capacity.reservations 'only' leaves nothing to buy from Spot, which knows no reservations: use 'first', or leave spot out",
    ];
  }
  if (spot.sharePercent > 0 && spot.onDemandBase >= max) {
    return [
      `capacity.spot.onDemandBase ${spot.onDemandBase} leaves no room for Spot below max ${max}: lower it, or leave spot out`,
    ];
  }
  return [];
}

function checkWarmPool({ capacity, instanceTypes }: ResolvedConfig): readonly string[] {
  if (!capacity.warmPool) return [];
  const why = 'AWS allows a warm pool only for one instance type on demand (PutWarmPool)';
  if (capacity.spot) return [`capacity.warmPool cannot be combined with capacity.spot: ${why}`];
  if (instanceTypes.length > 1) {
    const types = instanceTypes.map(({ type }) => type).join(', ');
    return [`capacity.warmPool cannot be combined with several instance types (${types}): ${why}`];
  }
  return [];
}
