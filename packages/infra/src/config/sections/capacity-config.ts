import { z } from 'zod';

/** How many instances, bought in what way, and replaced how. */
export interface CapacityConfig {
  /**
   * Instances at least. With 0 the fleet falls asleep when nothing has been asked for a quarter of an hour; the first
   * request after that gets a 503 and wakes it, and so do all until an instance serves, minutes later.
   * @default 1
   */
  readonly min?: number;
  /**
   * Instances at first, at least 1: a deployment is proven by an instance that answers. Scaling changes it afterwards.
   * @default - 2, but no fewer than `min` and no more than `max`
   */
  readonly desired?: number;
  /**
   * Instances at most. Every one costs its price for each hour that it runs.
   * @default 4
   */
  readonly max?: number;
  /**
   * Buys instances above the base from Spot: cheaper, and taken back with two minutes' notice.
   * @default - none: on demand only
   */
  readonly spot?: SpotConfig;
  /**
   * Use of your open capacity reservations: `first` before on demand, `only` never anything else, so that launches fail
   * when they are used up.
   * @default 'first'
   */
  readonly reservations?: 'first' | 'only' | 'none';
  /**
   * Sizes by the clock, such as office hours.
   * @default - none
   */
  readonly schedules?: readonly ScheduleConfig[];
  /**
   * Instances kept stopped beside the group: their disks are paid, and what is saved is the launch and the first reads
   * of the image, not the weights. Those are fetched when the instance starts, because a stop empties the NVMe. Refused
   * with Spot or several instance types, which AWS does not combine with warm pools.
   * @default - none
   */
  readonly warmPool?: WarmPoolConfig;
  /**
   * How an update, or a health check, replaces instances. `launch-before-terminate` adds a tenth of them, at least one,
   * and needs quota for that; `terminate-first` needs none and serves with one less meanwhile: with a fleet of one,
   * with none.
   * @default 'launch-before-terminate'
   */
  readonly updateStrategy?: 'launch-before-terminate' | 'terminate-first';
  /**
   * Minutes that an update watches the fleet's alarms after the last replacement before it counts as done.
   * @default 5
   */
  readonly bakeMinutes?: number;
}

export interface SpotConfig {
  /**
   * Instances that are always on demand.
   * @default 1
   */
  readonly onDemandBase?: number;
  /**
   * Share of Spot above the base, in percent.
   * @default 100
   */
  readonly sharePercent?: number;
}

export interface ScheduleConfig {
  /** Letters, digits and hyphens; unique. */
  readonly name: string;
  /** When, as five cron fields: `0 8 * * MON-FRI`. */
  readonly cron: string;
  /**
   * IANA name of the time zone.
   * @default 'Etc/UTC'
   */
  readonly timeZone?: string;
  /**
   * Instances at least from then on.
   * @default - unchanged
   */
  readonly min?: number;
  /**
   * Instances from then on; scaling changes it afterwards.
   * @default - unchanged
   */
  readonly desired?: number;
  /**
   * Instances at most from then on. 0 leaves none, whoever asks.
   * @default - unchanged
   */
  readonly max?: number;
}

export interface WarmPoolConfig {
  /** Instances kept ready beside those in service. Running ones would cost as much as those: raise `min` instead. */
  readonly size: number;
}

/** More than any account's quota of GPU instances; a typing slip should not cost a fortune. */
const MOST_INSTANCES = 500;

const count = z.number().int().min(0).max(MOST_INSTANCES);
const DEFAULT_DESIRED = 2;

export const capacitySchema = z
  .strictObject({
    min: count.default(1),
    desired: count
      .min(1, 'must be at least 1, to prove the deployment; use min for a fleet that sleeps')
      .optional(),
    max: count.min(1).default(4),
    spot: z
      .strictObject({
        onDemandBase: count.default(1),
        sharePercent: z.number().int().min(0).max(100).default(100),
      })
      .readonly()
      .optional(),
    reservations: z.enum(['first', 'only', 'none']).default('first'),
    schedules: z
      .array(
        z
          .strictObject({
            name: z.string().regex(/^[A-Za-z][A-Za-z0-9-]{0,63}$/, 'must hold letters, digits and hyphens'),
            cron: z
              .string()
              .regex(
                /^[\dA-Z*,/-]+( [\dA-Z*,/-]+){4}$/i,
                'must be five cron fields such as "0 8 * * MON-FRI"',
              ),
            timeZone: z
              .string()
              .refine(isTimeZone, 'must be the IANA name of a time zone such as Europe/Paris')
              .default('Etc/UTC'),
            min: count.optional(),
            desired: count.optional(),
            max: count.optional(),
          })
          .readonly(),
      )
      .readonly()
      .default([]),
    warmPool: z
      .strictObject({ size: count.min(1) })
      .readonly()
      .optional(),
    updateStrategy: z.enum(['launch-before-terminate', 'terminate-first']).default('launch-before-terminate'),
    bakeMinutes: z.number().int().min(0).max(2_880).default(5),
  })
  .transform((capacity) => ({
    ...capacity,
    desired: capacity.desired ?? Math.min(capacity.max, Math.max(capacity.min, DEFAULT_DESIRED)),
  }))
  .readonly();

export type ResolvedCapacity = z.output<typeof capacitySchema>;

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
