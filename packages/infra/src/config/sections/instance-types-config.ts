import { CHECKPOINT_IDS, type CheckpointId } from '@pixtral-fleet/catalog';
import { z } from 'zod';

/** An instance type with what it does differently from the rest of the fleet. */
export interface InstanceTypeConfig {
  /** EC2 instance type. */
  readonly type: string;
  /**
   * Precision of the weights on this type, such as 'fp8' on an L4. Every precision is fetched into the bucket.
   * @default - the config's `checkpoint`
   */
  readonly checkpoint?: CheckpointId;
  /**
   * Further flags of `vllm serve` on this type, after all others.
   * @default []
   */
  readonly engineArgs?: readonly string[];
}

export const instanceTypesSchema = z
  .array(
    z.union([
      z.string(),
      z.strictObject({
        type: z.string(),
        checkpoint: z.enum(CHECKPOINT_IDS).optional(),
        engineArgs: z.array(z.string()).readonly().default([]),
      }),
    ]),
  )
  .min(1)
  .transform((types) =>
    types.map((entry) =>
      typeof entry === 'string'
        ? { type: entry, checkpoint: undefined, engineArgs: [] }
        : { ...entry, checkpoint: entry.checkpoint },
    ),
  )
  .refine(
    (types) => new Set(types.map(({ type }) => type)).size === types.length,
    'must not name a type twice',
  )
  .readonly();
