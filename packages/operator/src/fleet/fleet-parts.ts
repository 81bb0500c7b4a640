import type { DeployedStack, StackResource } from './find-stack.ts';

/** Names of what a fleet is made of; parts that do not exist yet, or not in this config, are undefined. */
export interface FleetParts {
  readonly group: string | undefined;
  readonly targetGroup: string | undefined;
  readonly bucket: string | undefined;
  readonly seederProject: string | undefined;
  readonly verificationFunction: string | undefined;
  readonly agentLogGroup: string | undefined;
  readonly alarms: readonly string[];
}

/**
 * From the outputs, which a finished stack has, else from the resources made so far: a deployment is followed before
 * there is any output.
 */
export function findParts(
  stack: Pick<DeployedStack, 'outputs'>,
  resources: readonly StackResource[],
): FleetParts {
  const { outputs } = stack;
  const made = (type: string, logicalId = /^/) =>
    resources.find(
      (resource) =>
        resource.type === type && logicalId.test(resource.logicalId) && resource.physicalId !== '',
    )?.physicalId;
  return {
    group: outputs.AutoScalingGroupName ?? made('AWS::AutoScaling::AutoScalingGroup'),
    targetGroup: outputs.TargetGroupArn ?? made('AWS::ElasticLoadBalancingV2::TargetGroup'),
    bucket: outputs.FilesBucketName ?? made('AWS::S3::Bucket', /Files/),
    seederProject: outputs.SeederProjectName ?? made('AWS::CodeBuild::Project'),
    verificationFunction:
      outputs.VerificationFunctionName ?? made('AWS::Lambda::Function', /VerificationHandler/),
    agentLogGroup: outputs.AgentLogGroupName,
    alarms: resources
      .filter(({ type, physicalId }) => type === 'AWS::CloudWatch::Alarm' && physicalId !== '')
      .map(({ physicalId }) => physicalId),
  };
}
