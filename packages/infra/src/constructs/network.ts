import { RemovalPolicy } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { ResolvedNetwork } from '../config/index.ts';
import { acknowledge } from './acknowledge.ts';

export interface NetworkProps {
  readonly config: ResolvedNetwork;
}

/** The gateway's port on the instances; vLLM itself listens on no port. */
export const GATEWAY_PORT = 8080;

/** Isolated subnets only: what the fleet needs of AWS it reaches by endpoints, and nothing else at all. */
export class Network extends Construct {
  readonly vpc: ec2.Vpc;
  readonly subnets: ec2.SubnetSelection = { subnetType: ec2.SubnetType.PRIVATE_ISOLATED };
  readonly loadBalancerGroup: ec2.SecurityGroup;
  readonly instanceGroup: ec2.SecurityGroup;
  readonly verificationGroup: ec2.SecurityGroup;

  constructor(scope: Construct, id: string, props: NetworkProps) {
    super(scope, id);
    this.vpc = new ec2.Vpc(this, 'Resource', {
      ipAddresses: ec2.IpAddresses.cidr(props.config.cidr),
      maxAzs: props.config.maxAzs,
      natGateways: 0,
      subnetConfiguration: [{ name: 'Isolated', subnetType: ec2.SubnetType.PRIVATE_ISOLATED }],
      // Free, and the way by which weights arrive.
      gatewayEndpoints: { S3: { service: ec2.GatewayVpcEndpointAwsService.S3 } },
    });
    this.addFlowLog();
    this.loadBalancerGroup = this.securityGroup('LoadBalancer', 'Pixtral load balancer');
    this.instanceGroup = this.securityGroup('Instance', 'Pixtral instances');
    this.verificationGroup = this.securityGroup('Verification', 'Pixtral verification');
    this.connect();
    this.addEndpoints();
  }

  private securityGroup(id: string, description: string): ec2.SecurityGroup {
    return new ec2.SecurityGroup(this, `${id}Group`, { vpc: this.vpc, description, allowAllOutbound: false });
  }

  private connect(): void {
    const http = ec2.Port.tcp(80);
    const https = ec2.Port.tcp(443);
    this.loadBalancerGroup.addIngressRule(
      ec2.Peer.ipv4(this.vpc.vpcCidrBlock),
      http,
      'clients inside the VPC',
    );
    this.verificationGroup.connections.allowTo(this.loadBalancerGroup, http, 'verification');
    this.loadBalancerGroup.connections.allowTo(
      this.instanceGroup,
      ec2.Port.tcp(GATEWAY_PORT),
      'gateway and its health check',
    );
    for (const group of [this.instanceGroup, this.verificationGroup]) {
      // S3 has public addresses behind its gateway endpoint; without an internet route nothing else can be reached.
      group.addEgressRule(ec2.Peer.anyIpv4(), https, 'VPC endpoints and S3');
    }
  }

  /** Only what is called: keys, lifecycle actions, and Session Manager for people. About $0.01 an hour each and zone. */
  private addEndpoints(): void {
    const services = {
      SecretsManager: ec2.InterfaceVpcEndpointAwsService.SECRETS_MANAGER,
      AutoScaling: ec2.InterfaceVpcEndpointAwsService.AUTOSCALING,
      Ssm: ec2.InterfaceVpcEndpointAwsService.SSM,
      SsmMessages: ec2.InterfaceVpcEndpointAwsService.SSM_MESSAGES,
    };
    const group = this.securityGroup('Endpoint', 'Pixtral VPC endpoints');
    for (const client of [this.instanceGroup, this.verificationGroup]) {
      group.addIngressRule(client, ec2.Port.tcp(443), 'AWS APIs');
    }
    for (const [id, service] of Object.entries(services)) {
      this.vpc.addInterfaceEndpoint(id, {
        service,
        subnets: this.subnets,
        securityGroups: [group],
        open: false,
      });
    }
  }

  private addFlowLog(): void {
    const logGroup = new logs.LogGroup(this, 'FlowLogGroup', {
      retention: logs.RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    // Rejected traffic is what tells of an attempt; accepted traffic is the balancer's, and in its metrics.
    this.vpc.addFlowLog('FlowLog', {
      destination: ec2.FlowLogDestination.toCloudWatchLogs(logGroup),
      trafficType: ec2.FlowLogTrafficType.REJECT,
    });
    acknowledge(this, {
      ids: ['EC23'],
      reason: 'the rule cannot read the VPC CIDR token: no group is open to 0.0.0.0/0',
    });
  }
}
