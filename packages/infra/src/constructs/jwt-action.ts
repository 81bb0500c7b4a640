import * as elb from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { JwtConfig } from '../config/index.ts';

/**
 * Checks a token, then does something else. The CDK's own `ListenerAction.authenticateJwt` (2.276) knows no further claims,
 * and without the audience any token of the issuer would do.
 */
export class JwtAction extends elb.ListenerAction {
  constructor({ issuer, jwksUrl, audience }: JwtConfig, next: elb.ListenerAction) {
    super(
      {
        type: 'jwt-validation',
        jwtValidationConfig: {
          issuer,
          jwksEndpoint: jwksUrl,
          additionalClaims: [{ name: 'aud', format: 'single-string', values: [audience] }],
        },
      },
      next,
    );
  }
}
