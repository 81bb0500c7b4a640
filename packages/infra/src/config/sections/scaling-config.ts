import { z } from 'zod';

/**
 * When instances are added and taken away. The largest size that any of the rules asks for wins; only the load takes
 * instances away, after a quarter of an hour below the target.
 */
export interface ScalingConfig {
  /**
   * Whether the group scales at all between `min` and `max`. Without it the group stays at its desired size, and one
   * with `min: 0` never falls asleep.
   * @default true
   */
  readonly enabled?: boolean;
  /**
   * Load that an instance should have on average, in percent: image, text and answer tokens in flight, of those that
   * its KV cache holds. Higher is cheaper and slower; above 100 requests wait.
   * @default 60
   */
  readonly targetLoadPercent?: number;
  /**
   * Load in percent above which two instances are added at once, within half a minute. Must be above the target.
   * @default 120
   */
  readonly burstLoadPercent?: number;
  /**
   * Requests a minute and instance above which instances are added whatever the load says: it stands in when no
   * instance publishes its load. Set it to what one instance surely cannot answer; too low adds instances that have
   * nothing to do. 0 leaves it out.
   * @default 240
   */
  readonly fallbackRequestsPerMinute?: number;
}

const percent = z.number().min(1).max(1_000);

export const scalingSchema = z
  .strictObject({
    enabled: z.boolean().default(true),
    targetLoadPercent: percent.default(60),
    burstLoadPercent: percent.default(120),
    fallbackRequestsPerMinute: z.number().min(0).max(100_000).default(240),
  })
  .readonly();

export type ResolvedScaling = z.output<typeof scalingSchema>;
