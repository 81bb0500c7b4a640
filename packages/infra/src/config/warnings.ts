import { warnOfImageLimits } from './checks/check-image-limits.ts';
import { warnOfJwt } from './checks/check-jwt.ts';
import { warnOfCertificateName } from './checks/warn-of-certificate-name.ts';
import { warnOfOfferings } from './checks/warn-of-offerings.ts';
import type { ResolvedConfig } from './config-schema.ts';

/** Something that works and may still not be what was meant. */
export interface ConfigWarning {
  /** Stable: people acknowledge a warning by it. */
  readonly id: string;
  readonly message: string;
}

export type ConfigWarner = (config: ResolvedConfig) => readonly ConfigWarning[];

const WARNERS: readonly ConfigWarner[] = [
  warnOfCertificateName,
  warnOfImageLimits,
  warnOfJwt,
  warnOfOfferings,
];

/** What is allowed and merely unwise; synth and `pixtral plan` show it. */
export function findConfigWarnings(config: ResolvedConfig): readonly ConfigWarning[] {
  return WARNERS.flatMap((warn) => warn(config));
}
