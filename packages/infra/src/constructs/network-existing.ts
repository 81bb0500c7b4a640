import { Stack, Token } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import { ConfigError } from '../config/index.ts';

/** Looks the VPC up; at the first synth a placeholder until the CDK command line has asked AWS. */
export function lookUpVpc(scope: Construct, vpcId: string): ec2.IVpc {
  const { account, region } = Stack.of(scope);
  if (Token.isUnresolved(account) || Token.isUnresolved(region)) {
    throw new ConfigError(
      `network.vpcId ${vpcId} can only be looked up for a known account and region: give the stack \`env\`, or pass the VPC as \`vpc\``,
    );
  }
  return ec2.Vpc.fromLookup(scope, 'Existing', { vpcId });
}

/**
 * One subnet in each of at least two zones, which is what a load balancer takes.
 * @throws ConfigError that names what the VPC lacks
 */
export function chooseSubnets(
  vpc: ec2.IVpc,
  wanted: {
    readonly ids?: readonly string[] | undefined;
    readonly selection?: ec2.SubnetSelection | undefined;
  },
): ec2.SubnetSelection {
  const selection = wanted.selection ?? byDefault(vpc);
  // A look-up under way has placeholders for subnets.
  if (vpc.selectSubnets({ subnets: [] }).isPendingLookup) return selection;
  const subnets = wanted.ids ? findSubnets(vpc, wanted.ids) : vpc.selectSubnets(selection).subnets;
  checkZones(vpc, subnets);
  return { subnets: [...subnets] };
}

function byDefault(vpc: ec2.IVpc): ec2.SubnetSelection {
  const hasPrivate = vpc.privateSubnets.length > 0;
  if (!hasPrivate && vpc.isolatedSubnets.length === 0) {
    throw new ConfigError(
      `the VPC ${vpc.vpcId} has no private subnets: name the fleet's in network.subnetIds`,
    );
  }
  const subnetType = hasPrivate ? ec2.SubnetType.PRIVATE_WITH_EGRESS : ec2.SubnetType.PRIVATE_ISOLATED;
  return { subnetType, onePerAz: true };
}

function findSubnets(vpc: ec2.IVpc, ids: readonly string[]): readonly ec2.ISubnet[] {
  const known = [...vpc.privateSubnets, ...vpc.isolatedSubnets];
  return ids.map((id) => {
    const found = known.find(({ subnetId }) => subnetId === id);
    if (found) return found;
    const isPublic = vpc.publicSubnets.some(({ subnetId }) => subnetId === id);
    throw new ConfigError(
      `network.subnetIds: ${id} ${isPublic ? 'is a public subnet' : 'is not in'} ${isPublic ? 'of' : 'the VPC'} ${vpc.vpcId}; its private ones are ${known.map(({ subnetId }) => subnetId).join(', ') || 'none'}`,
    );
  });
}

function checkZones(vpc: ec2.IVpc, subnets: readonly ec2.ISubnet[]): void {
  const zones = subnets.map(({ availabilityZone }) => availabilityZone);
  const listed = subnets
    .map(({ subnetId, availabilityZone }) => `${subnetId} in ${availabilityZone}`)
    .join(', ');
  if (new Set(zones).size < 2) {
    throw new ConfigError(
      `a load balancer needs subnets in two zones, but of the VPC ${vpc.vpcId} there are ${listed || 'none'}`,
    );
  }
  if (new Set(zones).size < zones.length) {
    throw new ConfigError(
      `a load balancer takes one subnet of each zone, but of the VPC ${vpc.vpcId} there are ${listed}: name one of each in network.subnetIds`,
    );
  }
}
