import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import type { ExistingNetwork, ResolvedConfig } from '../config/index.ts';
import { acknowledge } from './acknowledge.ts';
import { addInterfaceEndpoints, addS3Endpoint, restrictToAccount } from './network-endpoints.ts';
import { chooseSubnets, lookUpVpc } from './network-existing.ts';
import { createVpc } from './network-vpc.ts';
import { letPicturesThrough } from './picture-buckets.ts';

export interface NetworkProps {
  readonly config: ResolvedConfig;
  /** For mode `existing`, instead of its `vpcId`. */
  readonly vpc?: ec2.IVpc | undefined;
  /** @default - the private subnets of `vpc`, one in each zone */
  readonly vpcSubnets?: ec2.SubnetSelection | undefined;
}

/** The gateway's port on the instances; vLLM itself listens on no port. */
export const GATEWAY_PORT = 8080;

/** Where the load balancer takes the stack's own Lambdas without a token, where clients need one. */
export const OWN_PORT = 8443;

/** The VPC that the fleet is in, and who may talk to whom there. */
export class Network extends Construct {
  readonly vpc: ec2.IVpc;
  readonly subnets: ec2.SubnetSelection;
  /** Port on which the load balancer listens. */
  readonly port: 80 | 443;
  readonly loadBalancerGroup: ec2.SecurityGroup;
  readonly instanceGroup: ec2.SecurityGroup;
  readonly verificationGroup: ec2.SecurityGroup;

  constructor(scope: Construct, id: string, props: NetworkProps) {
    super(scope, id);
    const { network } = props.config;
    const place =
      network.mode === 'existing' ? this.find(network, props) : createVpc(this, props.config, network);
    this.vpc = place.vpc;
    this.subnets = place.subnets;
    this.port = network.certificateArn === undefined ? 80 : 443;
    this.loadBalancerGroup = this.securityGroup('LoadBalancer', 'Pixtral load balancer');
    this.instanceGroup = this.securityGroup('Instance', 'Pixtral instances');
    this.verificationGroup = this.securityGroup('Verification', 'Pixtral verification');
    this.connect(network.allowedCidrs ?? [this.vpc.vpcCidrBlock]);
    if (props.config.security.jwt) this.connectForTokens();
    if (network.mode !== 'existing' || network.createEndpoints) {
      const s3 = addS3Endpoint(this, this);
      if (network.mode === 'isolated') {
        restrictToAccount(s3);
        letPicturesThrough(s3, props.config);
      }
      if (network.mode !== 'nat') this.addEndpoints();
    }
    acknowledge(this, {
      ids: ['EC23'],
      reason: 'the rule cannot read the VPC CIDR token: no group is open to 0.0.0.0/0',
    });
  }

  private find(network: ExistingNetwork, props: NetworkProps) {
    const vpc = props.vpc ?? lookUpVpc(this, network.vpcId ?? '');
    return { vpc, subnets: chooseSubnets(vpc, { ids: network.subnetIds, selection: props.vpcSubnets }) };
  }

  private securityGroup(id: string, description: string): ec2.SecurityGroup {
    return new ec2.SecurityGroup(this, `${id}Group`, { vpc: this.vpc, description, allowAllOutbound: false });
  }

  private connect(allowedCidrs: readonly string[]): void {
    const port = ec2.Port.tcp(this.port);
    for (const cidr of allowedCidrs)
      this.loadBalancerGroup.addIngressRule(ec2.Peer.ipv4(cidr), port, 'clients');
    this.verificationGroup.connections.allowTo(this.loadBalancerGroup, port, 'verification');
    this.loadBalancerGroup.connections.allowTo(
      this.instanceGroup,
      ec2.Port.tcp(GATEWAY_PORT),
      'gateway and its health check',
    );
    for (const group of [this.instanceGroup, this.verificationGroup]) {
      // AWS's public addresses, which S3 has even behind its gateway endpoint. In isolated subnets no others can be reached.
      group.addEgressRule(ec2.Peer.anyIpv4(), ec2.Port.tcp(443), 'AWS APIs');
    }
  }

  private connectForTokens(): void {
    this.verificationGroup.connections.allowTo(
      this.loadBalancerGroup,
      ec2.Port.tcp(OWN_PORT),
      'verification without a token',
    );
    this.loadBalancerGroup.addEgressRule(ec2.Peer.anyIpv4(), ec2.Port.tcp(443), 'public keys of tokens');
  }

  private addEndpoints(): void {
    const group = this.securityGroup('Endpoint', 'Pixtral VPC endpoints');
    for (const client of [this.instanceGroup, this.verificationGroup])
      group.addIngressRule(client, ec2.Port.tcp(443), 'AWS APIs');
    addInterfaceEndpoints(this, { vpc: this.vpc, subnets: this.subnets, group });
  }
}
