import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import type { ResolvedCapacity } from '../config/sections/capacity-config.ts';

/**
 * How instances are bought. On demand in the order of the config's types. Spot by `capacity-optimized-prioritized`: EC2
 * first avoids pools that are about to run dry, since an interruption costs a boot of minutes and cut streams, and then
 * keeps to the config's order. `price-capacity-optimized` would put the price in the place of that order.
 */
export function instancesDistribution({ spot }: ResolvedCapacity): autoscaling.InstancesDistribution {
  const onDemandAllocationStrategy = autoscaling.OnDemandAllocationStrategy.PRIORITIZED;
  if (!spot) return { onDemandPercentageAboveBaseCapacity: 100, onDemandAllocationStrategy };
  return {
    onDemandBaseCapacity: spot.onDemandBase,
    onDemandPercentageAboveBaseCapacity: 100 - spot.sharePercent,
    onDemandAllocationStrategy,
    spotAllocationStrategy: autoscaling.SpotAllocationStrategy.CAPACITY_OPTIMIZED_PRIORITIZED,
  };
}

/** What Auto Scaling calls the use of capacity reservations. */
export const RESERVATION_PREFERENCE = {
  first: 'capacity-reservations-first',
  only: 'capacity-reservations-only',
  none: 'none',
} as const satisfies Record<ResolvedCapacity['reservations'], string>;

/** How far the number of healthy instances may go below and above the desired one while some are replaced, in percent. */
export interface HealthBounds {
  readonly minHealthyPercentage: number;
  readonly maxHealthyPercentage: number;
}

/**
 * `launch-before-terminate`: a tenth more than desired, which Auto Scaling rounds up to one instance. `terminate-first`:
 * never more than desired, and one less; a fleet of one then does not serve while it is replaced.
 */
export function healthBounds({ updateStrategy, desired }: ResolvedCapacity): HealthBounds {
  if (updateStrategy === 'launch-before-terminate') {
    return { minHealthyPercentage: 100, maxHealthyPercentage: 110 };
  }
  return { minHealthyPercentage: Math.floor((100 * (desired - 1)) / desired), maxHealthyPercentage: 100 };
}
