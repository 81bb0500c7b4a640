import { findCheckpoint } from '@pixtral-fleet/catalog';
import { ConfigError, type ResolvedCapacity, type ResolvedConfig, resolveConfig } from './config/index.ts';

/**
 * What a rehearsal changes about the user's config, by CDK context; all else is the template that AWS would get.
 * - `desiredInstances`: as many as the laptop bears.
 * - `checkpoint`: a model that a CPU bears; it takes the place of every type's own, without the
 *   flags for that, and the context length is cut to what it was made for.
 * - `maxModelLen`: a change that makes another launch template version, for an update.
 */
export function applyContext(config: ResolvedConfig, context: (key: string) => unknown): ResolvedConfig {
  const desired = context('desiredInstances');
  const checkpoint = context('checkpoint');
  const maxModelLen = context('maxModelLen');
  return resolveConfig({
    ...config,
    ...(desired === undefined ? {} : { capacity: changeCapacity(config.capacity, desired) }),
    ...(checkpoint === undefined ? {} : changeCheckpoint(config, String(checkpoint))),
    ...(maxModelLen === undefined ? {} : { maxModelLen: Number(maxModelLen) }),
  });
}

function changeCapacity(capacity: ResolvedCapacity, given: unknown): ResolvedCapacity {
  const desired = Number(given);
  if (!Number.isInteger(desired) || desired < capacity.min) {
    throw new ConfigError(
      `desiredInstances must be a whole number from ${capacity.min}, got ${JSON.stringify(given)}`,
    );
  }
  return { ...capacity, desired, max: Math.max(capacity.max, desired) };
}

function changeCheckpoint(config: ResolvedConfig, given: string): Partial<ResolvedConfig> {
  try {
    const { id, longestContext } = findCheckpoint(given);
    return {
      checkpoint: id,
      maxModelLen: Math.min(config.maxModelLen, longestContext),
      // Flags of a type are for the precision and the GPU that it would have had.
      instanceTypes: config.instanceTypes.map(({ type }) => ({
        type,
        checkpoint: undefined,
        engineArgs: [],
      })),
    };
  } catch (error) {
    throw new ConfigError(error instanceof Error ? error.message : given, { cause: error });
  }
}
