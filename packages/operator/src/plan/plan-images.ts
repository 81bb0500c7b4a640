import {
  API_PRICE,
  apiUsdPerThousandImages,
  type BreakEven,
  breakEven,
  countImageTokens,
  estimateThroughput,
  type ImageSize,
  type Throughput,
  TYPICAL_ANSWER_TOKENS,
  TYPICAL_TEXT_TOKENS,
  usdPerThousandImages,
} from '@pixtral-fleet/catalog';
import type { ResolvedConfig } from '@pixtral-fleet/infra/config';
import { planCost } from './plan-cost.ts';
import { maxNumSeqs, typeFacts } from './plan-instance-types.ts';

/** Parts of the time that instances have work. */
const UTILIZATIONS = [0.1, 0.3, 0.6, 1] as const;

const PICTURES: readonly ImageSize[] = [
  { width: 512, height: 512 },
  { width: 1_024, height: 1_024 },
  // A page as scanners give it; the model looks at 683x1024 of it.
  { width: 1_024, height: 1_536 },
];

/** What an API asks for the same work. */
export interface ApiPrice {
  /** For any picture. @default - by tokens */
  readonly usdPerThousandImages?: number | undefined;
  /** @default - Mistral's price for Pixtral 12B */
  readonly usdPerMillionIn?: number | undefined;
  readonly usdPerMillionOut?: number | undefined;
}

/** Pictures of one size on instances of one type. Modelled, not measured. */
export interface PlannedImages extends Throughput {
  readonly instanceType: string;
  readonly picture: ImageSize;
  /** Tokens of picture and question. */
  readonly promptTokens: number;
  /** For the instance alone, at each of `UTILIZATIONS`. */
  readonly usdPerThousand: readonly { readonly utilization: number; readonly usd: number }[];
  readonly apiUsdPerThousand: number;
  /** Of a fleet of this type alone at the desired size, with everything on its bill. */
  readonly breakEven: BreakEven;
}

export function planImages(
  config: ResolvedConfig,
  options: { readonly imagesPerMonth: number; readonly api: ApiPrice },
): readonly PlannedImages[] {
  return config.instanceTypes.flatMap((entry) => {
    const { checkpoint, instanceType } = typeFacts(config, entry);
    // The arithmetic has the shape of Pixtral 12B.
    if (checkpoint.trial) return [];
    const { total } = planCost(config, { ...options, type: entry.type });
    return PICTURES.map((picture) => {
      const throughput = estimateThroughput({
        checkpoint,
        instanceType,
        request: { picture, textTokens: TYPICAL_TEXT_TOKENS, answerTokens: TYPICAL_ANSWER_TOKENS },
        maxNumSeqs: maxNumSeqs(config, entry),
      });
      const promptTokens = countImageTokens(picture) + TYPICAL_TEXT_TOKENS;
      const { imagesPerSecond } = throughput;
      const api =
        options.api.usdPerThousandImages ??
        apiUsdPerThousandImages({ promptTokens, answerTokens: TYPICAL_ANSWER_TOKENS, ...options.api });
      return {
        ...throughput,
        instanceType: entry.type,
        picture,
        promptTokens,
        usdPerThousand: UTILIZATIONS.map((utilization) => ({
          utilization,
          usd: usdPerThousandImages({
            usdPerHour: instanceType.usdPerHour,
            imagesPerSecond,
            utilization,
          }),
        })),
        apiUsdPerThousand: api,
        breakEven: breakEven({
          usdPerMonth: total.desired,
          apiUsdPerThousandImages: api,
          imagesPerSecond: imagesPerSecond * Math.max(1, config.capacity.desired),
        }),
      };
    });
  });
}

/** Where the API's price comes from, for the reader. */
export function describeApiPrice(api: ApiPrice): string {
  if (api.usdPerThousandImages !== undefined) {
    return `$${api.usdPerThousandImages} for a thousand pictures, as given`;
  }
  const { usdPerMillionTokens, source } = API_PRICE;
  if (api.usdPerMillionIn === undefined && api.usdPerMillionOut === undefined) {
    return `$${usdPerMillionTokens} a million tokens in and out (${source})`;
  }
  return `$${api.usdPerMillionIn ?? usdPerMillionTokens} a million tokens in, $${api.usdPerMillionOut ?? usdPerMillionTokens} out`;
}
