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

/** Mistral's own price for Pixtral 12B, in US dollars for a million tokens, in and out alike. Other models cost otherwise. */
export const API_PRICE = {
  usdPerMillionTokens: 0.15,
  source: "Mistral's API price of pixtral-12b-2409, as listed by others in May 2026",
} as const;

/**
 * Dollars for a thousand pictures at an API that bills by tokens.
 *
 * @param options.promptTokens of one request: picture and question
 * @param options.usdPerMillionIn, options.usdPerMillionOut @default `API_PRICE`
 * @throws RangeError for a price below 0
 */
export function apiUsdPerThousandImages(options: {
  readonly promptTokens: number;
  readonly answerTokens: number;
  readonly usdPerMillionIn?: number | undefined;
  readonly usdPerMillionOut?: number | undefined;
}): number {
  const {
    usdPerMillionIn = API_PRICE.usdPerMillionTokens,
    usdPerMillionOut = API_PRICE.usdPerMillionTokens,
  } = options;
  for (const price of [usdPerMillionIn, usdPerMillionOut]) {
    if (!(price >= 0)) throw new RangeError(`a price of tokens must be 0 or more, got ${price}`);
  }
  return (options.promptTokens * usdPerMillionIn + options.answerTokens * usdPerMillionOut) / 1_000;
}
