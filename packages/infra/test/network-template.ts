import type { Template } from 'aws-cdk-lib/assertions';
import { listSecurityRules } from './security-rules.ts';

/** Key of the look-up of the zones. */
export const ZONES = 'availability-zones:account=123456789012:region=us-east-1';

export const VPC = 'vpc-0123456789abcdef0';

const LOOK_UP = `vpc-provider:account=123456789012:filter.vpc-id=${VPC}:region=us-east-1:returnAsymmetricSubnets=true`;

/** Answer of the CDK's look-up of a VPC with these subnets. */
export function lookedUp(subnets: readonly (ReturnType<typeof subnet> & { readonly type: string })[]) {
  const groups = Map.groupBy(subnets, ({ type }) => type);
  const subnetGroups = [...groups].map(([type, members]) => ({ name: type, type, subnets: members }));
  return { [LOOK_UP]: { vpcId: VPC, vpcCidrBlock: '10.0.0.0/16', availabilityZones: [], subnetGroups } };
}

export function subnet(letter: string) {
  return {
    type: 'Private',
    subnetId: `subnet-${letter.repeat(8)}`,
    cidr: '10.0.0.0/24',
    availabilityZone: `us-east-1${letter}`,
    routeTableId: `rtb-${letter.repeat(8)}`,
  };
}

export function endpointsOf(template: Template): readonly string[] {
  return Object.values(template.findResources('AWS::EC2::VPCEndpoint'))
    .map(
      ({ Properties: { ServiceName: name } }) =>
        String(name['Fn::Join']?.[1].at(-1) ?? name)
          .split('.')
          .at(-1) ?? '',
    )
    .toSorted();
}

export function zonesOf(template: Template): readonly string[] {
  return Object.values(template.findResources('AWS::EC2::Subnet'))
    .map(({ Properties: { AvailabilityZone: zone } }) => zone)
    .toSorted();
}

export function subnetsOf(template: Template): readonly string[] {
  const [group] = Object.values(template.findResources('AWS::AutoScaling::AutoScalingGroup'));
  return group?.Properties.VPCZoneIdentifier;
}

export function clientsOf(template: Template): readonly string[] {
  return listSecurityRules(template)
    .filter(({ group, direction }) => group === 'Pixtral load balancer' && direction === 'in')
    .map(({ peer }) => peer);
}
