import type { ResolvedConfig } from './config/index.ts';
import { AMI_PARAMETER } from './machine-image.ts';

/** Account that stands in where none is known. */
export const PLACEHOLDER_ACCOUNT = '123456789012';

/** What the CDK would look up in AWS, as placeholders: for synthesising without credentials. */
export function offlineContext({
  region,
  network,
}: Pick<ResolvedConfig, 'region'> & Partial<Pick<ResolvedConfig, 'network'>>): Record<string, unknown> {
  const where = `account=${PLACEHOLDER_ACCOUNT}`;
  const vpcId = network?.mode === 'existing' ? network.vpcId : undefined;
  const zones = (network?.mode !== 'existing' && network?.availabilityZones) || [`${region}a`, `${region}b`];
  return {
    [`availability-zones:${where}:region=${region}`]: zones,
    [`ssm:${where}:parameterName=${AMI_PARAMETER}:region=${region}`]: 'ami-0123456789abcdef0',
    ...(vpcId === undefined
      ? {}
      : {
          [`vpc-provider:${where}:filter.vpc-id=${vpcId}:region=${region}:returnAsymmetricSubnets=true`]:
            placeholderVpc(vpcId, zones, (network?.mode === 'existing' && network.subnetIds) || []),
        }),
  };
}

/** A VPC with a private subnet in each zone: those that the config names, as far as it names any. */
function placeholderVpc(vpcId: string, zones: readonly string[], subnetIds: readonly string[]): object {
  const subnets = Array.from({ length: Math.max(zones.length, subnetIds.length) }, (_, index) => ({
    subnetId: subnetIds[index] ?? `subnet-${String(index + 1).padStart(17, '0')}`,
    cidr: `10.0.${index}.0/24`,
    availabilityZone: zones[index % zones.length],
    routeTableId: `rtb-${String(index + 1).padStart(17, '0')}`,
  }));
  return {
    vpcId,
    vpcCidrBlock: '10.0.0.0/16',
    ownerAccountId: PLACEHOLDER_ACCOUNT,
    availabilityZones: [],
    subnetGroups: [{ name: 'Private', type: 'Private', subnets }],
  };
}
