import { findInstanceType } from './instance-types.ts';

/** Day on which `DescribeInstanceTypeOfferings` was asked: moto's copy of the answers, in its repository. */
export const OFFERINGS_DATE = '2026-08-01';

type Family = 'g4dn' | 'g5' | 'g6' | 'g6e';

/**
 * Zones by their last letters. All sizes of a family that a fleet may be made of were in the same zones.
 *
 * Letters are one account's: AWS shuffles them, so that `us-east-1a` is another place in every account of an older
 * region. Good enough to begin with; only `DescribeInstanceTypeOfferings` in the account itself knows.
 */
const ZONES: Readonly<Record<string, Readonly<Partial<Record<Family, string>>>>> = {
  'af-south-1': { g4dn: 'bc' },
  'ap-east-1': { g4dn: 'abc', g5: 'ab' },
  'ap-northeast-1': { g4dn: 'acd', g5: 'ac', g6: 'ac', g6e: 'ac' },
  'ap-northeast-2': { g4dn: 'abc', g5: 'acd', g6: 'acd', g6e: 'ab' },
  'ap-northeast-3': { g4dn: 'bc', g6e: 'bc' },
  'ap-south-1': { g4dn: 'abc', g5: 'ab', g6: 'ab', g6e: 'ab' },
  'ap-south-2': { g6e: 'ab' },
  'ap-southeast-1': { g4dn: 'abc' },
  'ap-southeast-2': { g4dn: 'abc', g5: 'bc', g6: 'abc' },
  'ap-southeast-3': { g5: 'ac' },
  'ap-southeast-4': {},
  'ap-southeast-5': { g6: 'ab' },
  'ca-central-1': { g4dn: 'ab', g5: 'ab', g6: 'abd' },
  'ca-west-1': {},
  'eu-central-1': { g4dn: 'abc', g5: 'abc', g6: 'abc', g6e: 'abc' },
  'eu-central-2': { g6: 'bc' },
  'eu-north-1': { g4dn: 'abc', g5: 'bc', g6: 'ab', g6e: 'ab' },
  'eu-south-1': { g4dn: 'bc' },
  'eu-south-2': { g5: 'abc', g6: 'abc', g6e: 'bc' },
  'eu-west-1': { g4dn: 'abc', g5: 'abc' },
  'eu-west-2': { g4dn: 'abc', g5: 'ab', g6: 'abc' },
  'eu-west-3': { g4dn: 'abc', g5: 'abc', g6: 'bc' },
  'il-central-1': { g5: 'abc' },
  'me-central-1': { g5: 'ab', g6: 'ab', g6e: 'ab' },
  'me-south-1': { g4dn: 'bc' },
  'sa-east-1': { g4dn: 'abc', g5: 'ab', g6: 'ab' },
  'us-east-1': { g4dn: 'abcdf', g5: 'abcdf', g6: 'abcdf', g6e: 'abcd' },
  'us-east-2': { g4dn: 'abc', g5: 'abc', g6: 'abc', g6e: 'abc' },
  'us-west-1': { g4dn: 'ab' },
  'us-west-2': { g4dn: 'abc', g5: 'abc', g6: 'abcd', g6e: 'abcd' },
};

/** Regions that the table knows. */
export const OFFERING_REGIONS: readonly string[] = Object.keys(ZONES);

/**
 * Names of the zones of a region in which an instance type was offered on `OFFERINGS_DATE`; empty where it was offered
 * in none, undefined where the table does not know the region.
 * @throws RangeError for an instance type that no fleet may be made of.
 */
export function findOfferingZones(region: string, instanceType: string): readonly string[] | undefined {
  const family = findInstanceType(instanceType).name.split('.')[0] as Family;
  const zones = ZONES[region];
  return zones && [...(zones[family] ?? '')].map((letter) => `${region}${letter}`);
}
