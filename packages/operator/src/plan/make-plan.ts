import {
  BOOT_BUDGET_SECONDS,
  type BootBudget,
  budgetBoot,
  PRICE_DATE,
  PRICE_REGION,
  PRICE_SOURCES,
  PUBLISHED_SHARE,
} from '@pixtral-fleet/catalog';
import { findConfigWarnings, type ResolvedConfig } from '@pixtral-fleet/infra/config';
import { type PlannedCost, planCost } from './plan-cost.ts';
import { type ApiPrice, describeApiPrice, type PlannedImages, planImages } from './plan-images.ts';
import { type PlannedInstanceType, planInstanceType, typeFacts } from './plan-instance-types.ts';

export interface PlanOptions {
  /**
   * Pictures that all clients together ask about in a month: for the lines of the bill that go by traffic.
   * @default 1_000_000
   */
  readonly imagesPerMonth?: number | undefined;
  /** @default - Mistral's price for Pixtral 12B */
  readonly api?: ApiPrice | undefined;
}

/** What a config would deploy, what fits, how long a boot takes, and what it costs. Computed offline, from the catalog alone. */
export interface Plan {
  readonly stackName: string;
  readonly region: string;
  readonly network: ResolvedConfig['network']['mode'];
  readonly capacity: {
    readonly min: number;
    readonly desired: number;
    readonly max: number;
    readonly spot: boolean;
  };
  readonly maxModelLen: number;
  /** What the config allows and yet is probably not meant. */
  readonly warnings: readonly string[];
  readonly instanceTypes: readonly PlannedInstanceType[];
  readonly boot: BootBudget & { readonly instanceType: string; readonly budgetSeconds: number };
  readonly imagesPerMonth: number;
  readonly monthly: PlannedCost;
  readonly images: readonly PlannedImages[];
  readonly apiPrice: string;
  /** Measured by others as a share of what is modelled here, at least and at most. */
  readonly publishedShare: { readonly least: number; readonly most: number };
  readonly prices: {
    readonly region: string;
    readonly instances: string;
    readonly others: readonly string[];
  };
}

const DEFAULT_IMAGES_PER_MONTH = 1_000_000;

/** @throws RangeError for a number of pictures or a price that makes no sense. */
export function makePlan(config: ResolvedConfig, options: PlanOptions = {}): Plan {
  const { imagesPerMonth = DEFAULT_IMAGES_PER_MONTH, api = {} } = options;
  if (!(imagesPerMonth >= 0)) throw new RangeError(`imagesPerMonth must be 0 or more, got ${imagesPerMonth}`);
  const [first] = config.instanceTypes;
  if (!first) throw new RangeError('a fleet needs at least one instance type');
  const { min, desired, max, spot } = config.capacity;
  const monthly = planCost(config, { imagesPerMonth });
  return {
    stackName: config.stackName,
    region: config.region,
    network: config.network.mode,
    capacity: { min, desired, max, spot: spot !== undefined },
    maxModelLen: config.maxModelLen,
    warnings: findConfigWarnings(config).map(({ message }) => message),
    instanceTypes: config.instanceTypes.map((entry) => planInstanceType(config, entry)),
    boot: {
      ...budgetBoot(typeFacts(config, first)),
      instanceType: first.type,
      budgetSeconds: BOOT_BUDGET_SECONDS,
    },
    imagesPerMonth,
    monthly,
    images: planImages(config, { imagesPerMonth, api }),
    apiPrice: describeApiPrice(api),
    publishedShare: PUBLISHED_SHARE,
    prices: {
      region: PRICE_REGION,
      instances: `EC2 on demand, Linux, ${PRICE_REGION}, ${PRICE_DATE} (karpenter's price list)`,
      others: Object.values(PRICE_SOURCES),
    },
  };
}
