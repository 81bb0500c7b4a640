import { findInstanceType } from '@pixtral-fleet/catalog';
import type { ResolvedConfig } from '@pixtral-fleet/infra/config';

/** vCPUs that a fleet takes of one quota, by what it is doing. */
export interface VcpuNeed {
  readonly desired: number;
  readonly max: number;
  /** While an update replaces instances at the desired size; the same as `desired` where it adds none. */
  readonly update: number;
}

/** Instances that an update adds: a tenth of them, at least one. */
const UPDATE_SHARE = 0.1;

/** By the first instance type: others are launched only where it cannot be had. Pure. */
export function vcpuNeed(config: ResolvedConfig): { readonly onDemand: VcpuNeed; readonly spot: VcpuNeed } {
  const { capacity, instanceTypes } = config;
  const vcpu = findInstanceType(instanceTypes[0]?.type ?? '').vcpu;
  const { desired, max, updateStrategy, spot } = capacity;
  const added =
    updateStrategy === 'launch-before-terminate' && desired > 0
      ? Math.max(1, Math.ceil(desired * UPDATE_SHARE))
      : 0;
  const spotOf = (instances: number) =>
    spot ? Math.floor((Math.max(0, instances - spot.onDemandBase) * spot.sharePercent) / 100) : 0;
  const need = (share: (instances: number) => number): VcpuNeed => ({
    desired: share(desired) * vcpu,
    max: share(max) * vcpu,
    update: share(desired + added) * vcpu,
  });
  return { onDemand: need((instances) => instances - spotOf(instances)), spot: need(spotOf) };
}
