import { INSTANCE_TYPES } from '@pixtral-fleet/catalog';
import { bodyMemoryMiB, maxBodyBytes, smallestMemoryMiB } from '../../body-memory.ts';
import type { ConfigCheck } from './index.ts';

const MIB = 1024 * 1024;

/** One body of the largest kind must fit; the model server needs the rest of the machine. */
export const checkBodyMemory: ConfigCheck = (config) => {
  const known = config.instanceTypes.every(({ type }) => INSTANCE_TYPES.some(({ name }) => name === type));
  // Which one is unknown is another check's to say.
  if (!known) return [];
  const memory = bodyMemoryMiB(config);
  const least = Math.ceil(maxBodyBytes(config) / MIB);
  const most = Math.floor(smallestMemoryMiB(config) / 4);
  if (memory >= least && memory <= most) return [];
  return [
    `gateway.bodyMemoryMiB must be ${least} to ${most}, got ${memory}: one body of maxImages ${config.maxImages} pictures takes ${least} MiB, and more than a quarter of the memory of the smallest instance type is missing to the model server`,
  ];
};
