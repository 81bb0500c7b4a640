import { HOURS_PER_MONTH } from './monthly-cost.ts';

/** From how many pictures on a fleet costs less than an API. */
export interface BreakEven {
  /** Pictures a month at which both cost the same. Infinity when the API is free. */
  readonly imagesPerMonth: number;
  /** That, as a share of what the fleet could answer; above 1 the API is always cheaper. */
  readonly utilization: number;
  readonly worthwhile: boolean;
}

/**
 * The fleet's monthly cost, which hardly depends on its traffic, against an API's price for each picture.
 *
 * @throws RangeError for a negative price or cost, or a fleet that answers nothing
 */
export function breakEven(options: {
  readonly usdPerMonth: number;
  readonly apiUsdPerThousandImages: number;
  /** What all instances together answer at most. */
  readonly imagesPerSecond: number;
}): BreakEven {
  const { usdPerMonth, apiUsdPerThousandImages, imagesPerSecond } = options;
  if (!(usdPerMonth >= 0)) throw new RangeError(`usdPerMonth must be 0 or more, got ${usdPerMonth}`);
  if (!(apiUsdPerThousandImages >= 0)) {
    throw new RangeError(`the API's price must be 0 or more, got ${apiUsdPerThousandImages}`);
  }
  if (!(imagesPerSecond > 0)) throw new RangeError(`imagesPerSecond must be above 0, got ${imagesPerSecond}`);
  const imagesPerMonth =
    apiUsdPerThousandImages === 0 ? Infinity : (usdPerMonth / apiUsdPerThousandImages) * 1_000;
  const utilization = imagesPerMonth / (imagesPerSecond * 3_600 * HOURS_PER_MONTH);
  return { imagesPerMonth, utilization, worthwhile: utilization <= 1 };
}
