import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { ResolvedConfig } from './config/index.ts';
import { applyPermissionsBoundary } from './constructs/permissions-boundary.ts';
import type { StackOutputName } from './outputs.ts';
import { PixtralFleet } from './pixtral-fleet.ts';

export interface PixtralFleetStackProps extends StackProps {
  readonly config: ResolvedConfig;
}

/** A fleet as a stack of its own, with outputs for people and programs. */
export class PixtralFleetStack extends Stack {
  constructor(scope: Construct, id: string, props: PixtralFleetStackProps) {
    const { config, ...stackProps } = props;
    super(scope, id, { description: 'Private Pixtral vision inference', ...stackProps });
    const { region, stackName: _, ...options } = config;
    const fleet = new PixtralFleet(this, 'Pixtral', options);
    applyPermissionsBoundary(this, config);
    this.output('EndpointUrl', fleet.endpointUrl);
    this.output('ServedModelName', fleet.servedModelName);
    this.output('ApiKeySecretArn', fleet.apiKey.secretArn);
    this.output('HuggingFaceTokenSecretArn', fleet.huggingFaceToken.secretArn);
    this.output('AutoScalingGroupName', fleet.group.autoScalingGroupName);
    this.output('TargetGroupArn', fleet.targetGroup.targetGroupArn);
    this.output('FilesBucketName', fleet.filesBucket.bucketName);
    this.output('SeederProjectName', fleet.seeder?.projectName ?? 'none');
    this.output('VerificationFunctionName', fleet.verificationFunction.functionName);
    this.output('AgentLogGroupName', fleet.agentLogs.logGroupName);
    this.output('AlarmTopicArn', fleet.alarmTopic.topicArn);
    this.output('DashboardUrl', fleet.dashboardUrl);
    this.output('TunnelCommand', tunnelCommand(region, fleet));
    this.output(
      'StatusCommand',
      `aws autoscaling describe-auto-scaling-groups --region ${region} --auto-scaling-group-names ${fleet.group.autoScalingGroupName} --query 'AutoScalingGroups[0].Instances'`,
    );
  }

  private output(name: StackOutputName, value: string): void {
    new CfnOutput(this, name, { value });
  }
}

/** An instance is the jump host: no bastion, no SSH. */
function tunnelCommand(region: string, fleet: PixtralFleet): string {
  const host = fleet.loadBalancer.loadBalancerDnsName;
  const parameters = `{"host":["${host}"],"portNumber":["${fleet.endpointPort}"],"localPortNumber":["8080"]}`;
  return `aws ssm start-session --region ${region} --target INSTANCE_ID --document-name AWS-StartPortForwardingSessionToRemoteHost --parameters '${parameters}'`;
}
