import type { ConfigWarner } from '../warnings.ts';
import type { ConfigCheck } from './index.ts';

/** Tokens are worth as much as keys: listeners without TLS do not take the action. */
export const checkJwt: ConfigCheck = ({ security, network }) => {
  if (security.jwt === undefined || network.certificateArn !== undefined) return [];
  return ['security.jwt needs network.certificateArn: a load balancer checks tokens on HTTPS listeners only'];
};

/** The balancer has addresses in the VPC's subnets alone. */
export const warnOfJwt: ConfigWarner = ({ security, network }) => {
  if (security.jwt === undefined || network.mode !== 'isolated') return [];
  return [
    {
      id: 'jwt-in-isolated-network',
      message: `security.jwt: the load balancer must reach ${security.jwt.jwksUrl}, and network.mode 'isolated' has no way to the internet. If it cannot, every request is refused; use 'nat' or 'existing'`,
    },
  ];
};
