import type { ResolvedConfig } from './config/index.ts';
import { maySleep } from './may-sleep.ts';

/** How many of what a stack has that costs money by itself. A test counts them in the template. */
export interface BilledResources {
  /** Interface endpoints times the zones that each is in. */
  readonly interfaceEndpointZones: number;
  readonly natGateways: number;
  readonly secrets: number;
  /** KMS keys made for the fleet. */
  readonly keys: number;
  readonly alarms: number;
  /** Alarms on metrics of 10 or 30 seconds, which cost three times as much. */
  readonly fastAlarms: number;
  readonly dashboards: number;
}

/** Services that the fleet reaches by interface endpoints, as the ends of their names: `com.amazonaws.<region>.<end>`. */
export const ENDPOINT_SERVICES = [
  'secretsmanager',
  'autoscaling',
  'monitoring',
  'logs',
  'ssm',
  'ssmmessages',
] as const;

/** Of agents' metrics, of targets, of launches; whether the balancer's errors and the canary count depends. */
const ALWAYS_WATCHED = 9 + 1 + 1;

export function billedResources(config: ResolvedConfig): BilledResources {
  const { network, scaling, capacity, operations, files, security } = config;
  const { min, max, schedules } = capacity;
  const scales = scaling.enabled && (min < max || schedules.length > 0);
  const sleeps = scales && min === 0;
  const watching = ALWAYS_WATCHED + (maySleep(capacity) ? 0 : 1) + (operations.canaryMinutes > 0 ? 1 : 0);
  return {
    interfaceEndpointZones: ENDPOINT_SERVICES.length * endpointZones(network),
    natGateways: network.mode === 'nat' ? 1 : 0,
    // API key, and Hugging Face token unless that is in a secret of the user's own.
    secrets: files.huggingFaceTokenSecretArn === undefined ? 2 : 1,
    keys: security.kmsKeyArn === undefined ? 1 : 0,
    // Target tracking keeps two alarms for each of its metrics: the load, and requests as its stand-in.
    alarms: watching + (scales && scaling.fallbackRequestsPerMinute > 0 ? 2 : 0) + (sleeps ? 2 : 0),
    fastAlarms: scales ? 2 + 1 : 0,
    dashboards: 1,
  };
}

/** Zones with endpoints of the fleet; an existing VPC's own ones are not the fleet's to pay. */
function endpointZones(network: ResolvedConfig['network']): number {
  if (network.mode === 'existing') {
    return network.createEndpoints ? (network.subnetIds?.length ?? LEAST_ZONES) : 0;
  }
  return network.mode === 'isolated' ? (network.availabilityZones?.length ?? network.maxAzs) : 0;
}

/** Which subnets an existing VPC has is known only after a look-up; a load balancer needs two zones. */
const LEAST_ZONES = 2;
