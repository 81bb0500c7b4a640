import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import type * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as elb from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { type PixtralConfig, resolveConfig } from './config/index.ts';
import { createFilesBucket } from './constructs/files-bucket.ts';
import { FleetGroup } from './constructs/fleet-group.ts';
import { FleetSecrets } from './constructs/fleet-secrets.ts';
import { InstanceTemplate } from './constructs/instance-template.ts';
import { LoadBalancer } from './constructs/load-balancer.ts';
import { createLogGroup } from './constructs/log-group.ts';
import { Network } from './constructs/network.ts';
import { Verification } from './constructs/verification.ts';

/** The options of `pixtral.config.ts`; region and stack name are those of the stack around the construct. */
export type PixtralFleetProps = Omit<PixtralConfig, 'region' | 'stackName'>;

/**
 * A private fleet as one construct, for use in an app of your own:
 * `new PixtralFleet(this, 'Pixtral', { capacity: { max: 2 } })`.
 */
export class PixtralFleet extends Construct {
  readonly vpc: ec2.IVpc;
  readonly endpointUrl: string;
  readonly servedModelName: string;
  readonly apiKey: secretsmanager.ISecret;
  readonly huggingFaceToken: secretsmanager.ISecret;
  readonly filesBucket: s3.IBucket;
  /** What agents and model servers print, a stream for each of them and instance. */
  readonly agentLogs: logs.ILogGroup;
  readonly group: autoscaling.AutoScalingGroup;
  readonly loadBalancer: elb.ApplicationLoadBalancer;
  readonly targetGroup: elb.ApplicationTargetGroup;
  readonly verificationFunction: lambda.IFunction;

  /** @throws ConfigError when the options cannot be used */
  constructor(scope: Construct, id: string, props: PixtralFleetProps = {}) {
    super(scope, id);
    const stack = Stack.of(this);
    const config = resolveConfig({ ...props, region: stack.region, stackName: stack.stackName });
    const removalPolicy = config.removal === 'retain' ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;

    const network = new Network(this, 'Network', { config: config.network });
    const secrets = new FleetSecrets(this, 'Secrets', { removalPolicy });
    const bucket = createFilesBucket(this, 'Files', removalPolicy);
    const agentLogs = createLogGroup(this, 'AgentLogs', config);
    const { launchTemplate } = new InstanceTemplate(this, 'Instance', {
      config,
      bucket,
      apiKey: secrets.apiKey,
      securityGroup: network.instanceGroup,
      logGroup: agentLogs,
    });
    const { group } = new FleetGroup(this, 'Fleet', { config, network, launchTemplate });
    // Deleted in reverse: the bucket is emptied when the last instance has written its last report.
    group.node.addDependency(bucket);
    const loadBalancer = new LoadBalancer(this, 'LoadBalancer', {
      network,
      group,
      drainTimeoutSeconds: config.drainTimeoutSeconds,
    });
    const verification = new Verification(this, 'Verification', {
      network,
      group,
      launchTemplate,
      loadBalancer,
      bucket,
      apiKey: secrets.apiKey,
      servedModelName: config.servedModelName,
    });

    this.vpc = network.vpc;
    this.endpointUrl = loadBalancer.endpointUrl;
    this.servedModelName = config.servedModelName;
    this.apiKey = secrets.apiKey;
    this.huggingFaceToken = secrets.huggingFaceToken;
    this.filesBucket = bucket;
    this.agentLogs = agentLogs;
    this.group = group;
    this.loadBalancer = loadBalancer.balancer;
    this.targetGroup = loadBalancer.targetGroup;
    this.verificationFunction = verification.handler;
  }
}
