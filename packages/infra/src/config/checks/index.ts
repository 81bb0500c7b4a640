import type { ResolvedConfig } from '../config-schema.ts';
import { checkBodyMemory } from './check-body-memory.ts';
import { checkCapacity } from './check-capacity.ts';
import { checkEngineVersion } from './check-engine-version.ts';
import { checkFiles } from './check-files.ts';
import { checkImageLimits } from './check-image-limits.ts';
import { checkInstanceTypes } from './check-instance-types.ts';
import { checkJwt } from './check-jwt.ts';
import { checkNetwork } from './check-network.ts';
import { checkPictureUrls } from './check-picture-urls.ts';
import { checkScaling } from './check-scaling.ts';
import { checkTimeouts } from './check-timeouts.ts';

/** What a config alone does not tell about where it is used. */
export interface Surroundings {
  /** Whether the construct was passed a VPC. */
  readonly vpcGiven: boolean;
}

/** Looks at options together; returns what is wrong, one sentence each that names the options and what to change. */
export type ConfigCheck = (config: ResolvedConfig, surroundings: Surroundings) => readonly string[];

const CHECKS: readonly ConfigCheck[] = [
  checkBodyMemory,
  checkCapacity,
  checkEngineVersion,
  checkFiles,
  checkImageLimits,
  checkInstanceTypes,
  checkJwt,
  checkNetwork,
  checkPictureUrls,
  checkScaling,
  checkTimeouts,
];

/** What no option alone can tell; empty when all is well. */
export function checkConfig(config: ResolvedConfig, surroundings: Surroundings): readonly string[] {
  return CHECKS.flatMap((check) => check(config, surroundings));
}
