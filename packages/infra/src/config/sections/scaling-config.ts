import { z } from 'zod';

/** When instances are added and taken away. */
export interface ScalingConfig {
  /**
   * Whether the group scales at all between `min` and `max`.
   * @default true
   */
  readonly enabled?: boolean;
  /**
   * Load that an instance should have on average, in percent: image, text and answer tokens in flight, of those that
   * its KV cache holds. Higher is cheaper and slower.
   * @default 60
   */
  readonly targetLoadPercent?: number;
  /**
   * Load in percent above which two instances are added at once instead of waiting for the target tracking.
   * @default 120
   */
  readonly burstLoadPercent?: number;
  /**
   * Requests a minute and instance that stand in for the load when no instance publishes it.
   * @default 60
   */
  readonly fallbackRequestsPerMinute?: number;
}

const percent = z.number().min(1).max(1_000);

export const scalingSchema = z
  .strictObject({
    enabled: z.boolean().default(true),
    targetLoadPercent: percent.default(60),
    burstLoadPercent: percent.default(120),
    fallbackRequestsPerMinute: z.number().min(1).max(100_000).default(60),
  })
  .readonly();

export type ResolvedScaling = z.output<typeof scalingSchema>;
