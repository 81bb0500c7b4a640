import type { Mutant } from '../run/options.ts';

/**
 * Seconds for the whole verification where nothing is to be seen before it gives up; 15 minutes in AWS. The checks'
 * share of it is 120 s.
 */
const SHORT_VERIFICATION_SECONDS = '145';

const OUT_OF_TIME = { PIXTRAL_VERIFICATION_SECONDS: SHORT_VERIFICATION_SECONDS };

const ENVIRONMENTS: Partial<Readonly<Record<Mutant, Readonly<Record<string, string>>>>> = {
  'quota-zero': { REHEARSAL_LAUNCH_FAULT: 'quota-zero' },
  'no-capacity': { REHEARSAL_LAUNCH_FAULT: 'no-capacity', ...OUT_OF_TIME },
  'zone-without-type': { REHEARSAL_LAUNCH_FAULT: 'zone-without-type' },
  'ami-missing': { REHEARSAL_MISSING_PARAMETERS: 'deeplearning' },
  'never-ready': OUT_OF_TIME,
};

/** What the emulated AWS, and the Lambdas in it, are told of what is broken. */
export function emulatedFault(mutant: Mutant | undefined): Readonly<Record<string, string>> {
  return (mutant && ENVIRONMENTS[mutant]) ?? {};
}
