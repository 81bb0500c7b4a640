import { Annotations, Stack, Token } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import { ConfigError, type OwnNetwork, type ResolvedConfig } from '../config/index.ts';
import { createLogGroup } from './log-group.ts';
import { planZones } from './network-zones.ts';

/** A VPC for the fleet alone: isolated subnets, or private ones behind one NAT gateway in a public subnet. */
export function createVpc(
  scope: Construct,
  config: ResolvedConfig,
  network: OwnNetwork,
): { readonly vpc: ec2.Vpc; readonly subnets: ec2.SubnetSelection } {
  const subnetType =
    network.mode === 'nat' ? ec2.SubnetType.PRIVATE_WITH_EGRESS : ec2.SubnetType.PRIVATE_ISOLATED;
  const availabilityZones = chooseZones(scope, config, network);
  const vpc = new ec2.Vpc(scope, 'Resource', {
    ipAddresses: ec2.IpAddresses.cidr(network.cidr),
    ...(availabilityZones ? { availabilityZones: [...availabilityZones] } : { maxAzs: network.maxAzs }),
    // One for all zones: what goes through it is the seldom traffic to AWS, and S3 has its own way.
    natGateways: network.mode === 'nat' ? 1 : 0,
    subnetConfiguration:
      network.mode === 'nat'
        ? [
            { name: 'Private', subnetType },
            // For the NAT gateway alone, which brings its own address.
            { name: 'Public', subnetType: ec2.SubnetType.PUBLIC, cidrMask: 28, mapPublicIpOnLaunch: false },
          ]
        : [{ name: 'Isolated', subnetType }],
  });
  addFlowLog(scope, vpc, config);
  return { vpc, subnets: { subnetType } };
}

function chooseZones(
  scope: Construct,
  config: ResolvedConfig,
  network: OwnNetwork,
): readonly string[] | undefined {
  const { availabilityZones: available } = Stack.of(scope);
  if (network.availabilityZones) return checkZones(network.availabilityZones, available);
  const plan = planZones({
    region: config.region,
    available,
    instanceTypes: config.instanceTypes.map(({ type }) => type),
    maxAzs: network.maxAzs,
  });
  if (plan.warning !== undefined)
    Annotations.of(scope).addWarningV2('@pixtral-fleet/infra:zones-unknown', plan.warning);
  return plan.zones;
}

/** Zones that the CDK does not know at synth, and those of its first pass (`dummy1a`), cannot be compared. */
function checkZones(wanted: readonly string[], available: readonly string[]): readonly string[] {
  if (available.some((zone) => Token.isUnresolved(zone))) {
    throw new ConfigError(
      'network.availabilityZones needs a stack with account and region: give the stack `env`',
    );
  }
  if (available.some((zone) => zone.startsWith('dummy'))) return available.slice(0, wanted.length);
  const missing = wanted.filter((zone) => !available.includes(zone));
  if (missing.length === 0) return wanted;
  throw new ConfigError(
    `network.availabilityZones: this account has no ${missing.join(', ')}; it has ${available.join(', ')}`,
  );
}

function addFlowLog(scope: Construct, vpc: ec2.Vpc, config: ResolvedConfig): void {
  const logGroup = createLogGroup(scope, 'FlowLogGroup', { ...config, removal: 'destroy' });
  // Rejected traffic is what tells of an attempt; accepted traffic is the balancer's, and in its metrics.
  vpc.addFlowLog('FlowLog', {
    destination: ec2.FlowLogDestination.toCloudWatchLogs(logGroup),
    trafficType: ec2.FlowLogTrafficType.REJECT,
  });
}
