import { findInstanceType } from '@pixtral-fleet/catalog';
import type { ResolvedConfig } from './config/index.ts';

const MIB = 1024 * 1024;

/** Largest picture that is accepted, decoded from base64. */
export const MAX_IMAGE_BYTES: number = 10 * MIB;

/** The largest body that may hold as many pictures as the config allows; base64 is a third larger than a picture. */
export function maxBodyBytes({ maxImages }: Pick<ResolvedConfig, 'maxImages'>): number {
  return Math.ceil((maxImages * MAX_IMAGE_BYTES * 4) / 3) + MIB;
}

/** MiB for the bodies of all requests of an instance: what the config says, or an eighth of the smallest memory. */
export function bodyMemoryMiB(config: Pick<ResolvedConfig, 'gateway' | 'instanceTypes'>): number {
  return config.gateway.bodyMemoryMiB ?? Math.floor(smallestMemoryMiB(config) / 8);
}

/** Memory of the smallest instance type that the config names. */
export function smallestMemoryMiB({ instanceTypes }: Pick<ResolvedConfig, 'instanceTypes'>): number {
  return Math.min(...instanceTypes.map(({ type }) => findInstanceType(type).memoryGiB)) * 1024;
}
