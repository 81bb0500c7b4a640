import { attribute, customResource, type Resource, ref } from './custom-resource.ts';

/** What a test may change about its fleet. */
export interface FleetTemplateOptions {
  /** @default 2 */
  readonly desiredCapacity?: number;
  /** Seconds that the launch hook waits. @default 600 */
  readonly launchHeartbeatSeconds?: number;
  /** @default 'ABANDON' */
  readonly launchDefaultResult?: 'ABANDON' | 'CONTINUE';
  /** Seconds that the terminate hook waits. @default 600 */
  readonly drainHeartbeatSeconds?: number;
  /** Source of a custom resource's Lambda (CommonJS, exports `handler`). @default - no custom resource */
  readonly lambda?: string;
  /** Text of the user data: changing it makes a new launch template version. @default 'one' */
  readonly userData?: string;
  /** How an update replaces instances; null for a group without a policy. @default - one at a time, launched first */
  readonly refresh?: RefreshPreferences | null;
  /** Whether there is an alarm that watches the replacement (`Watch`, on the metric `Bad`). @default false */
  readonly alarm?: boolean;
  /** Leaves the group out, as an update that removes it. @default true */
  readonly group?: boolean;
}

/** As CloudFormation names them. */
export interface RefreshPreferences {
  readonly MinHealthyPercentage: number;
  readonly MaxHealthyPercentage: number;
  /** Seconds. */
  readonly InstanceWarmup?: number;
  /** Seconds. */
  readonly BakeTime?: number;
}

/** A small fleet, written by hand so that the emulator is tested without the CDK: every kind of resource it extends. */
export function fleetTemplate(options: FleetTemplateOptions = {}): string {
  const resources: Record<string, Resource> = {
    ...network(),
    ...files(),
    ...balancer(),
    LaunchTemplate: launchTemplate(options),
    ...(options.group === false ? {} : { Group: group(options) }),
    ...(options.alarm ? { Watch: alarm() } : {}),
    ...(options.lambda === undefined ? {} : customResource(options.lambda)),
  };
  const outputs: Record<string, unknown> = {
    SecretRef: ref('ApiKey'),
    VpcCidr: attribute('Vpc', 'CidrBlock'),
    Bucket: ref('Files'),
    TargetGroup: ref('TargetGroup'),
    Image: ref('Image'),
    ...(options.alarm ? { Watch: ref('Watch') } : {}),
    ...(options.lambda === undefined ? {} : { Answer: attribute('Verification', 'Answer') }),
  };
  return JSON.stringify({
    Parameters: {
      Image: {
        Type: 'AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>',
        Default: '/aws/service/deeplearning/ami/x86_64/base-oss-nvidia-driver-gpu-ubuntu-24.04/latest/ami-id',
      },
    },
    Resources: resources,
    Outputs: Object.fromEntries(Object.entries(outputs).map(([key, Value]) => [key, { Value }])),
  });
}

function network(): Record<string, Resource> {
  const subnet = (zone: string, cidr: string): Resource => ({
    Type: 'AWS::EC2::Subnet',
    Properties: { VpcId: ref('Vpc'), CidrBlock: cidr, AvailabilityZone: zone },
  });
  return {
    Vpc: { Type: 'AWS::EC2::VPC', Properties: { CidrBlock: '10.7.0.0/16' } },
    SubnetA: subnet('us-east-1a', '10.7.0.0/24'),
    SubnetB: subnet('us-east-1b', '10.7.1.0/24'),
    Instances: {
      Type: 'AWS::EC2::SecurityGroup',
      Properties: { GroupDescription: 'instances', VpcId: ref('Vpc') },
    },
    FromBalancer: {
      Type: 'AWS::EC2::SecurityGroupIngress',
      Properties: {
        GroupId: attribute('Instances', 'GroupId'),
        ...{ IpProtocol: 'tcp', FromPort: 8080, ToPort: 8080, CidrIp: attribute('Vpc', 'CidrBlock') },
      },
    },
    ToEndpoints: {
      Type: 'AWS::EC2::SecurityGroupEgress',
      Properties: {
        GroupId: attribute('Instances', 'GroupId'),
        ...{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, CidrIp: '10.7.0.0/16' },
      },
    },
    FlowLogs: { Type: 'AWS::Logs::LogGroup', Properties: { RetentionInDays: 7 } },
    FlowLog: {
      Type: 'AWS::EC2::FlowLog',
      Properties: {
        ...{ ResourceId: ref('Vpc'), ResourceType: 'VPC', TrafficType: 'REJECT' },
        LogGroupName: ref('FlowLogs'),
      },
    },
    S3Endpoint: {
      Type: 'AWS::EC2::VPCEndpoint',
      Properties: {
        VpcId: ref('Vpc'),
        ServiceName: 'com.amazonaws.us-east-1.s3',
        VpcEndpointType: 'Gateway',
      },
    },
  };
}

function files(): Record<string, Resource> {
  return {
    ApiKey: {
      Type: 'AWS::SecretsManager::Secret',
      Properties: { GenerateSecretString: { PasswordLength: 40, ExcludePunctuation: true } },
    },
    Files: { Type: 'AWS::S3::Bucket' },
  };
}

function balancer(): Record<string, Resource> {
  return {
    Balancer: {
      Type: 'AWS::ElasticLoadBalancingV2::LoadBalancer',
      Properties: { Scheme: 'internal', Type: 'application', Subnets: [ref('SubnetA'), ref('SubnetB')] },
    },
    TargetGroup: {
      Type: 'AWS::ElasticLoadBalancingV2::TargetGroup',
      Properties: {
        ...{ VpcId: ref('Vpc'), Port: 8080, Protocol: 'HTTP', TargetType: 'instance' },
        TargetGroupAttributes: [{ Key: 'deregistration_delay.timeout_seconds', Value: '120' }],
      },
    },
    Listener: {
      Type: 'AWS::ElasticLoadBalancingV2::Listener',
      Properties: {
        ...{ LoadBalancerArn: ref('Balancer'), Port: 80, Protocol: 'HTTP' },
        DefaultActions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404' } }],
      },
    },
    Paths: {
      Type: 'AWS::ElasticLoadBalancingV2::ListenerRule',
      Properties: {
        ...{ ListenerArn: ref('Listener'), Priority: 10 },
        Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/v1/models'] } }],
        Actions: [{ Type: 'forward', TargetGroupArn: ref('TargetGroup') }],
      },
    },
  };
}

function launchTemplate({ userData = 'one' }: FleetTemplateOptions): Resource {
  const script = { 'Fn::Join': ['', [`#!/bin/bash\necho ${userData} `, ref('Files'), '\n']] };
  return {
    Type: 'AWS::EC2::LaunchTemplate',
    Properties: {
      LaunchTemplateData: {
        ...{ ImageId: ref('Image'), InstanceType: 'g5.2xlarge', UserData: { 'Fn::Base64': script } },
        SecurityGroupIds: [attribute('Instances', 'GroupId')],
      },
    },
  };
}

function alarm(): Resource {
  return {
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      ...{ Namespace: 'Test', MetricName: 'Bad', Statistic: 'Sum', Period: 60, EvaluationPeriods: 1 },
      ...{ Threshold: 1, ComparisonOperator: 'GreaterThanOrEqualToThreshold' },
    },
  };
}

function updatePolicy({ refresh, alarm }: FleetTemplateOptions): Pick<Resource, 'UpdatePolicy'> {
  if (refresh === null) return {};
  const Preferences = {
    ...(refresh ?? { MinHealthyPercentage: 100, MaxHealthyPercentage: 110 }),
    SkipMatching: true,
    ...(alarm ? { AlarmSpecification: { Alarms: [ref('Watch')] } } : {}),
  };
  return { UpdatePolicy: { AutoScalingInstanceRefresh: { Strategy: 'Rolling', Preferences } } };
}

function group(options: FleetTemplateOptions): Resource {
  const version = attribute('LaunchTemplate', 'LatestVersionNumber');
  return {
    Type: 'AWS::AutoScaling::AutoScalingGroup',
    ...updatePolicy(options),
    Properties: {
      ...{ MinSize: '0', MaxSize: '4', DesiredCapacity: String(options.desiredCapacity ?? 2) },
      VPCZoneIdentifier: [ref('SubnetA'), ref('SubnetB')],
      TargetGroupARNs: [ref('TargetGroup')],
      Tags: [{ Key: 'fleet', Value: 'test', PropagateAtLaunch: true }],
      MixedInstancesPolicy: {
        LaunchTemplate: {
          LaunchTemplateSpecification: { LaunchTemplateId: ref('LaunchTemplate'), Version: version },
          Overrides: [{ InstanceType: 'g6.2xlarge' }, { InstanceType: 'g5.2xlarge' }],
        },
        InstancesDistribution: { OnDemandPercentageAboveBaseCapacity: 100 },
      },
      LifecycleHookSpecificationList: [
        {
          ...{ LifecycleHookName: 'ready', LifecycleTransition: 'autoscaling:EC2_INSTANCE_LAUNCHING' },
          HeartbeatTimeout: options.launchHeartbeatSeconds ?? 600,
          DefaultResult: options.launchDefaultResult ?? 'ABANDON',
        },
        {
          ...{ LifecycleHookName: 'drain', LifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING' },
          ...{ HeartbeatTimeout: options.drainHeartbeatSeconds ?? 600, DefaultResult: 'CONTINUE' },
        },
      ],
    },
  };
}
