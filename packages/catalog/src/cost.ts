/**
 * Dollars for a thousand pictures on one instance.
 *
 * @param options.usdPerHour price of the instance
 * @param options.imagesPerSecond what it answers when it is full, measured for the pictures in question
 * @param options.utilization part of the time that it is full, above 0 up to 1. @default 1
 * @throws RangeError for a rate or utilization that makes no sense
 */
export function usdPerThousandImages(options: {
  readonly usdPerHour: number;
  readonly imagesPerSecond: number;
  readonly utilization?: number;
}): number {
  const { usdPerHour, imagesPerSecond, utilization = 1 } = options;
  if (!(usdPerHour >= 0)) throw new RangeError(`usdPerHour must be 0 or more, got ${usdPerHour}`);
  if (!(imagesPerSecond > 0)) throw new RangeError(`imagesPerSecond must be above 0, got ${imagesPerSecond}`);
  if (!(utilization > 0 && utilization <= 1)) {
    throw new RangeError(`utilization must be above 0 and at most 1, got ${utilization}`);
  }
  return (usdPerHour / 3_600 / (imagesPerSecond * utilization)) * 1_000;
}
