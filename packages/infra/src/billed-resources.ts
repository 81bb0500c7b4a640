import type { ResolvedConfig } from './config/index.ts';

/** How many of what a stack has that costs money by itself. A test counts them in the template. */
export interface BilledResources {
  /** Interface endpoints times the zones that each is in. */
  readonly interfaceEndpointZones: number;
  readonly natGateways: number;
  readonly secrets: number;
  readonly alarms: number;
  /** Alarms on metrics of 10 or 30 seconds, which cost three times as much. */
  readonly fastAlarms: number;
  readonly dashboards: number;
}

/** Secrets Manager, Auto Scaling, CloudWatch, CloudWatch Logs, and two of Systems Manager. */
const INTERFACE_ENDPOINTS = 6;

/** API key and Hugging Face token. */
const SECRETS = 2;

export function billedResources({ network }: ResolvedConfig): BilledResources {
  return {
    interfaceEndpointZones: INTERFACE_ENDPOINTS * endpointZones(network),
    natGateways: network.mode === 'nat' ? 1 : 0,
    secrets: SECRETS,
    alarms: 0,
    fastAlarms: 0,
    dashboards: 0,
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
