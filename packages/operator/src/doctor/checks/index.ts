import type { DoctorCheck } from '../doctor-check.ts';
import { bootstrap } from './bootstrap.ts';
import { cdkVersion } from './cdk-version.ts';
import { clock } from './clock.ts';
import { credentials } from './credentials.ts';
import { hubAccess } from './hub-access.ts';
import { image } from './image.ts';
import { nodeVersion } from './node-version.ts';
import { offerings } from './offerings.ts';
import { onDemandQuota, spotQuota } from './quotas.ts';
import { spotScore } from './spot-score.ts';
import { vpcEndpoints } from './vpc-endpoints.ts';

/** In the order in which they are shown: this machine, the account, what the fleet needs of it. */
export const CHECKS: readonly DoctorCheck[] = [
  nodeVersion,
  cdkVersion,
  credentials,
  clock,
  bootstrap,
  onDemandQuota,
  spotQuota,
  offerings,
  spotScore,
  image,
  vpcEndpoints,
  hubAccess,
];
