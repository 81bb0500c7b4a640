import { findOfferingZones, OFFERINGS_DATE } from '@pixtral-fleet/catalog';
import { Token } from 'aws-cdk-lib';

export interface ZoneQuestion {
  readonly region: string;
  /** Zones of the account in the region by name, as far as synth knows them; else tokens. */
  readonly available: readonly string[];
  /** In the order of preference. */
  readonly instanceTypes: readonly string[];
  readonly maxAzs: number;
}

export interface ZonePlan {
  /** Undefined: whatever the CDK chooses. */
  readonly zones: readonly string[] | undefined;
  /** Why the CDK has to choose. */
  readonly warning: string | undefined;
}

const LEAST_ZONES = 2;

/**
 * The first zones that have the most wanted instance type, then those that have the next one. Zones without any are
 * left out: the group would try there, and fail, for ever.
 */
export function planZones(question: ZoneQuestion): ZonePlan {
  const { region, available, instanceTypes, maxAzs } = question;
  if (available.some((zone) => Token.isUnresolved(zone) || !zone.startsWith(region))) {
    return fallBack('the zones of the account are not known at synth');
  }
  const offered = instanceTypes.map((type) => findOfferingZones(region, type));
  if (offered.some((zones) => zones === undefined)) return fallBack(`nothing is known about ${region}`);
  const ranked = available
    .map((zone) => ({ zone, rank: offered.findIndex((zones) => zones?.includes(zone)) }))
    .filter(({ rank }) => rank !== -1)
    .toSorted((a, b) => a.rank - b.rank)
    .map(({ zone }) => zone);
  if (ranked.length < LEAST_ZONES) {
    return fallBack(
      `of ${available.join(', ')} only ${ranked.join(', ') || 'none'} had ${instanceTypes.join(', ')} on ${OFFERINGS_DATE}`,
    );
  }
  return { zones: ranked.slice(0, maxAzs).toSorted(), warning: undefined };
}

function fallBack(reason: string): ZonePlan {
  return {
    zones: undefined,
    warning: `the availability zones were not chosen by instance types, since ${reason}: \`pixtral doctor\` tells which zones have them; name those in network.availabilityZones`,
  };
}
