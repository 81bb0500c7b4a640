import { findCheckpoint, findInstanceType, fitCheckpoint } from '@pixtral-fleet/catalog';
import { type PixtralConfig, resolveConfig } from '@pixtral-fleet/infra/config';

/** What somebody wants who begins; everything that is left out stays as it is by default. */
export interface ConfigWishes {
  readonly region?: string | undefined;
  readonly instanceType?: string | undefined;
  readonly network?: 'isolated' | 'nat' | 'existing' | undefined;
  /** For `existing`. */
  readonly vpcId?: string | undefined;
  readonly min?: number | undefined;
  readonly desired?: number | undefined;
  readonly max?: number | undefined;
  readonly monthlyBudgetUsd?: number | undefined;
  readonly alarmEmail?: string | undefined;
}

/**
 * The shortest config that is what was wished: only what differs from the defaults.
 * @throws ConfigError or RangeError when it could not be deployed; nothing is made then
 */
export function chooseConfig(wishes: ConfigWishes): PixtralConfig {
  const defaults = resolveConfig({});
  const config = withoutEmpty({
    region: unless(defaults.region, wishes.region),
    ...chooseInstanceType(wishes, defaults),
    network: withoutEmpty({ mode: unless(defaults.network.mode, wishes.network), vpcId: wishes.vpcId }),
    capacity: chooseCapacity(wishes, defaults.capacity),
    operations: withoutEmpty({
      alarmEmail: wishes.alarmEmail,
      monthlyBudgetUsd: wishes.monthlyBudgetUsd,
    }),
  });
  resolveConfig(config);
  return config;
}

/** A type that does not hold the default precision gets the best one that it holds. */
function chooseInstanceType(
  { instanceType: name }: ConfigWishes,
  defaults: ReturnType<typeof resolveConfig>,
): PixtralConfig {
  if (name === undefined || name === defaults.instanceTypes[0]?.type) return {};
  const { nearest } = fitCheckpoint({
    checkpoint: findCheckpoint(defaults.checkpoint),
    instanceType: findInstanceType(name),
    maxModelLen: defaults.maxModelLen,
  });
  const other = nearest.find((choice) => choice.instanceType === name);
  return {
    instanceTypes: [name],
    ...(other ? { checkpoint: findCheckpoint(other.checkpoint).id } : {}),
  };
}

/** Sizes that were not said follow those that were: `--max 1` alone means a fleet of one. */
function chooseCapacity(
  { min, desired, max }: ConfigWishes,
  defaults: { readonly min: number; readonly desired: number; readonly max: number },
): PixtralConfig['capacity'] {
  const most = max ?? Math.max(defaults.max, min ?? 0, desired ?? 0);
  const least = min ?? Math.min(defaults.min, most, desired ?? most);
  // What the config takes when nothing is said: it follows the other two.
  const usual = Math.min(most, Math.max(least, defaults.desired));
  return withoutEmpty({
    min: unless(defaults.min, least),
    desired: unless(usual, desired),
    max: unless(defaults.max, most),
  });
}

function unless<Value>(usual: Value, wished: Value | undefined): Value | undefined {
  return wished === usual ? undefined : wished;
}

type Kept<Fields> = { [Name in keyof Fields]?: Exclude<Fields[Name], undefined> };

/** Without what is undefined or an object without fields. */
function withoutEmpty<Fields extends object>(fields: Fields): Kept<Fields> {
  const kept = Object.entries(fields).filter(
    ([, value]) =>
      value !== undefined &&
      !(typeof value === 'object' && value !== null && Object.keys(value).length === 0),
  );
  return Object.fromEntries(kept) as Kept<Fields>;
}
