import { findOfferingZones, OFFERINGS_DATE } from '@pixtral-fleet/catalog';
import type { ConfigWarner } from '../warnings.ts';

/** A type that the region does not have is never launched; the others are. */
export const warnOfOfferings: ConfigWarner = ({ region, instanceTypes }) => {
  const absent = instanceTypes
    .map(({ type }) => type)
    .filter((type) => findOfferingZones(region, type)?.length === 0);
  if (absent.length === 0) return [];
  return [
    {
      id: 'instance-types-not-offered',
      message: `${absent.join(', ')} ${absent.length === 1 ? 'was' : 'were'} not offered in ${region} on ${OFFERINGS_DATE}: such instances are never launched there. \`pixtral doctor\` asks your account`,
    },
  ];
};
