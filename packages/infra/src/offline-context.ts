import { AMI_PARAMETER } from './constructs/instance-template.ts';

/** Account that stands in where none is known. */
export const PLACEHOLDER_ACCOUNT = '123456789012';

/** What the CDK would look up in AWS, as placeholders: for synthesising without credentials. */
export function offlineContext(region: string): Record<string, unknown> {
  return {
    [`availability-zones:account=${PLACEHOLDER_ACCOUNT}:region=${region}`]: [`${region}a`, `${region}b`],
    [`ssm:account=${PLACEHOLDER_ACCOUNT}:parameterName=${AMI_PARAMETER}:region=${region}`]:
      'ami-0123456789abcdef0',
  };
}
