import { findCheckpoint, findInstanceType, fitCheckpoint, type InstanceType } from '@pixtral-fleet/catalog';
import type { ResolvedConfig } from '../config-schema.ts';
import type { ConfigCheck } from './index.ts';

/** Every type must be known, have as many GPUs as the others, and hold its checkpoint and one full context. */
export const checkInstanceTypes: ConfigCheck = (config) => {
  const types: InstanceType[] = [];
  for (const { type } of config.instanceTypes) {
    try {
      types.push(findInstanceType(type));
    } catch (error) {
      return [`instanceTypes: ${error instanceof Error ? error.message : type}`];
    }
  }
  return [...checkGpuCounts(types), ...config.instanceTypes.flatMap((entry) => checkFit(config, entry))];
};

function checkGpuCounts(types: readonly InstanceType[]): readonly string[] {
  if (new Set(types.map(({ gpu }) => gpu.count)).size <= 1) return [];
  const listed = types.map(({ name, gpu }) => `${name} has ${gpu.count}`).join(', ');
  return [
    `instanceTypes must have the same number of GPUs, since all start the model server with the same flags: ${listed}`,
  ];
}

function checkFit(config: ResolvedConfig, entry: ResolvedConfig['instanceTypes'][number]): readonly string[] {
  const checkpoint = findCheckpoint(entry.checkpoint ?? config.checkpoint);
  const fit = fitCheckpoint({
    checkpoint,
    instanceType: findInstanceType(entry.type),
    maxModelLen: config.maxModelLen,
  });
  if (fit.fits) return [];
  const nearest = fit.nearest.map((choice) => `${choice.checkpoint} on ${choice.instanceType}`).join(', ');
  return [
    `${checkpoint.id} does not fit ${entry.type}: ${fit.reasons.join('; ')}. Nearest that fit: ${nearest || 'none'}`,
  ];
}
