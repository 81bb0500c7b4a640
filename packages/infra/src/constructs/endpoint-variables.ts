import type { ResolvedConfig } from '../config/index.ts';
import { ANY_NAME } from '../verification/certificate-name.ts';
import type { LoadBalancer } from './load-balancer.ts';
import { OWN_PORT } from './network.ts';

/**
 * Where a Lambda of the stack finds the fleet. A name in a DNS of people's own may not lead to the balancer yet: it then asks by
 * AWS's name, and still wants a certificate for theirs.
 */
export function endpointVariables({
  config,
  loadBalancer,
}: {
  readonly config: ResolvedConfig;
  readonly loadBalancer: LoadBalancer;
}): Record<string, string> {
  const { domain, certificateArn } = config.network;
  if (config.security.jwt) {
    return {
      ENDPOINT_URL: `${loadBalancer.directUrl}:${OWN_PORT}`,
      CERTIFICATE_NAME: domain?.name ?? ANY_NAME,
    };
  }
  if (domain?.zoneName !== undefined) return { ENDPOINT_URL: loadBalancer.endpointUrl };
  if (certificateArn === undefined) return { ENDPOINT_URL: loadBalancer.directUrl };
  return { ENDPOINT_URL: loadBalancer.directUrl, CERTIFICATE_NAME: domain?.name ?? ANY_NAME };
}
