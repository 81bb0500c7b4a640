import { FLEET_TAG, type MetricId } from '@pixtral-fleet/catalog';
import { Annotations, Stack, Tags } from 'aws-cdk-lib';
import type * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as codebuild from 'aws-cdk-lib/aws-codebuild';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as elb from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { findConfigWarnings, type PixtralConfig, resolveConfig } from './config/index.ts';
import { AlarmTopic } from './constructs/alarm-topic.ts';
import { AgentAlarms } from './constructs/alarms.ts';
import { createFilesBucket } from './constructs/files-bucket.ts';
import { FleetGroup } from './constructs/fleet-group.ts';
import { type FleetMetricOptions, fleetMetric } from './constructs/fleet-metric.ts';
import { FleetScaling } from './constructs/fleet-scaling.ts';
import { FleetSecrets } from './constructs/fleet-secrets.ts';
import { InstanceTemplate } from './constructs/instance-template.ts';
import { LoadBalancer } from './constructs/load-balancer.ts';
import { createLogGroup } from './constructs/log-group.ts';
import { Network } from './constructs/network.ts';
import { Operations } from './constructs/operations.ts';
import { applyPermissionsBoundary } from './constructs/permissions-boundary.ts';
import { createSeeding } from './constructs/seeding.ts';
import { Verification } from './constructs/verification.ts';
import { loadModelLock } from './lock/index.ts';
import { requireEnvironment } from './stack-environment.ts';

/** The options of `pixtral.config.ts`; region and stack name are those of the stack around the construct. */
export interface PixtralFleetProps extends Omit<PixtralConfig, 'region' | 'stackName'> {
  /**
   * A VPC of your app to be in, instead of one named in `network`.
   * @default - as `network` says
   */
  readonly vpc?: ec2.IVpc;
  /**
   * Subnets of `vpc`: one each in at least two zones.
   * @default - its private subnets, or its isolated ones where it has no private ones
   */
  readonly vpcSubnets?: ec2.SubnetSelection;
}

/**
 * A private fleet as one construct, for use in an app of your own:
 * `new PixtralFleet(this, 'Pixtral', { vpc, capacity: { max: 2 } })`. The stack needs a fixed region and account.
 */
export class PixtralFleet extends Construct implements ec2.IConnectable {
  readonly vpc: ec2.IVpc;
  /** The load balancer's, with the port that clients use as default port. */
  readonly connections: ec2.Connections;
  readonly endpointUrl: string;
  /** Port of `endpointUrl`. */
  readonly endpointPort: number;
  readonly servedModelName: string;
  readonly apiKey: secretsmanager.ISecret;
  readonly huggingFaceToken: secretsmanager.ISecret;
  readonly filesBucket: s3.IBucket;
  /** Fills the bucket; undefined when the config leaves that to you. */
  readonly seeder: codebuild.IProject | undefined;
  /** What agents and model servers print, a stream for each of them and instance. */
  readonly agentLogs: logs.ILogGroup;
  readonly group: autoscaling.AutoScalingGroup;
  readonly loadBalancer: elb.ApplicationLoadBalancer;
  readonly targetGroup: elb.ApplicationTargetGroup;
  readonly verificationFunction: lambda.IFunction;
  /** Gets alarms and budget notices. */
  readonly alarmTopic: sns.ITopic;
  readonly dashboardUrl: string;

  /** @throws ConfigError when the options cannot be used */
  constructor(scope: Construct, id: string, props: PixtralFleetProps = {}) {
    super(scope, id);
    const config = this.resolve(props);
    const network = new Network(this, 'Network', { config, vpc: props.vpc, vpcSubnets: props.vpcSubnets });
    const secrets = new FleetSecrets(this, 'Secrets', { config });
    const bucket = createFilesBucket(this, 'Files', config);
    const lock = loadModelLock(this);
    const seeding = createSeeding(this, 'Seeding', {
      config,
      lock,
      bucket,
      huggingFaceToken: secrets.huggingFaceToken,
    });
    const agentLogs = createLogGroup(this, 'AgentLogs', config);
    const { launchTemplate } = new InstanceTemplate(this, 'Instance', {
      config,
      bucket,
      apiKey: secrets.apiKey,
      securityGroup: network.instanceGroup,
      logGroup: agentLogs,
      lock,
    });
    const topic = new AlarmTopic(this, 'AlarmTopic', { config });
    const { refreshAlarms } = new AgentAlarms(this, 'Alarms', { config, topic });
    const { group } = new FleetGroup(this, 'Fleet', { config, network, launchTemplate, refreshAlarms });
    // An update that begins with them must find them, whatever CloudFormation makes of a reference in a policy.
    group.node.addDependency(...refreshAlarms);
    // Deleted in reverse: the bucket is emptied when the last instance has written its last report.
    group.node.addDependency(bucket);
    // An instance that waits for its files costs what one that serves does.
    if (seeding) group.node.addDependency(seeding.resource);
    const loadBalancer = new LoadBalancer(this, 'LoadBalancer', { config, network, group });
    new FleetScaling(this, 'Scaling', {
      config,
      group,
      balancer: loadBalancer.balancer,
      targetGroup: loadBalancer.targetGroup,
    });
    const verification = new Verification(this, 'Verification', {
      config,
      network,
      group,
      launchTemplate,
      loadBalancer,
      bucket,
      apiKey: secrets.apiKey,
    });
    const { dashboard } = new Operations(this, 'Operations', {
      config,
      topic,
      group,
      loadBalancer,
      verification,
      network,
      apiKey: secrets.apiKey,
    });
    applyPermissionsBoundary(this, config);
    const tags = { [FLEET_TAG]: config.stackName, ...config.operations.tags };
    for (const [key, value] of Object.entries(tags)) Tags.of(this).add(key, value);

    this.vpc = network.vpc;
    this.connections = new ec2.Connections({
      securityGroups: [network.loadBalancerGroup],
      defaultPort: ec2.Port.tcp(network.port),
    });
    this.endpointUrl = loadBalancer.endpointUrl;
    this.endpointPort = network.port;
    this.servedModelName = config.servedModelName;
    this.apiKey = secrets.apiKey;
    this.huggingFaceToken = secrets.huggingFaceToken;
    this.filesBucket = bucket;
    this.seeder = seeding?.project;
    this.agentLogs = agentLogs;
    this.group = group;
    this.loadBalancer = loadBalancer.balancer;
    this.targetGroup = loadBalancer.targetGroup;
    this.verificationFunction = verification.handler;
    this.alarmTopic = topic.topic;
    this.dashboardUrl = dashboard.url;
  }

  /**
   * Lets a grantee read the API key, and connect to the load balancer if it has a security group: a Lambda of the VPC,
   * an ECS service, an instance. A Lambda outside the VPC cannot connect, and is refused.
   */
  grantInvoke(grantee: iam.IGrantable): iam.Grant {
    const grant = this.apiKey.grantRead(grantee);
    if (isConnectable(grantee)) this.allowFrom(grantee);
    return grant;
  }

  /** Lets clients connect to the load balancer; without `grantInvoke` they need another way to the API key. */
  allowFrom(client: ec2.IConnectable): void {
    this.connections.allowDefaultPortFrom(client, 'clients of the Pixtral fleet');
  }

  /**
   * A metric that the fleet's agents publish, by its id in `METRICS` of packages/catalog.
   * @example fleet.metric('load', { statistic: 'Average' }).createAlarm(this, 'Busy', { threshold: 90, evaluationPeriods: 5 })
   */
  metric(id: MetricId, options: Omit<FleetMetricOptions, 'stackName'>): cloudwatch.Metric {
    return fleetMetric(id, { ...options, stackName: Stack.of(this).stackName });
  }

  /** How busy instances are, in percent of what they hold: average. */
  metricLoad(options: MetricOptions = {}): cloudwatch.Metric {
    return this.metric('load', { statistic: 'Average', ...options });
  }

  /** Requests answered: sum. */
  metricRequests(options: MetricOptions = {}): cloudwatch.Metric {
    return this.metric('requests', { statistic: 'Sum', ...options });
  }

  /** Answers 5xx and streams that ended in an error: sum. */
  metricServerErrors(options: MetricOptions = {}): cloudwatch.Metric {
    return this.metric('serverErrors', { statistic: 'Sum', ...options });
  }

  /** Milliseconds to the first token of a streamed answer: 95th percentile. */
  metricTimeToFirstToken(options: MetricOptions = {}): cloudwatch.Metric {
    return this.metric('timeToFirstToken', { statistic: 'p95', ...options });
  }

  private resolve(props: PixtralFleetProps) {
    const { vpc, vpcSubnets: _, ...options } = props;
    const stack = Stack.of(this);
    const region = requireEnvironment(stack, options);
    const vpcGiven = vpc !== undefined;
    const network = vpcGiven ? { mode: 'existing', ...options.network } : options.network;
    const config = resolveConfig(
      { ...options, ...(network ? { network } : {}), region, stackName: stack.stackName },
      { vpcGiven },
    );
    for (const { id, message } of findConfigWarnings(config))
      Annotations.of(this).addWarningV2(`@pixtral-fleet/infra:${id}`, message);
    return config;
  }
}

type MetricOptions = Partial<Omit<FleetMetricOptions, 'stackName'>>;

function isConnectable(grantee: iam.IGrantable): grantee is iam.IGrantable & ec2.IConnectable {
  return 'connections' in grantee;
}
