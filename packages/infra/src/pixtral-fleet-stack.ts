import { CfnOutput, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { CapacityConfig, ResolvedConfig } from './config/index.ts';
import { createFilesBucket } from './constructs/files-bucket.ts';
import { FleetGroup } from './constructs/fleet-group.ts';
import { FleetSecrets } from './constructs/fleet-secrets.ts';
import { InstanceTemplate } from './constructs/instance-template.ts';
import { LoadBalancer } from './constructs/load-balancer.ts';
import { Network } from './constructs/network.ts';
import { Verification } from './constructs/verification.ts';
import type { StackOutputName } from './outputs.ts';

export interface PixtralFleetStackProps extends StackProps {
  readonly config: ResolvedConfig;
  /** @default - the config's */
  readonly capacity?: CapacityConfig;
}

/** A private fleet, part by part. */
export class PixtralFleetStack extends Stack {
  constructor(scope: Construct, id: string, props: PixtralFleetStackProps) {
    super(scope, id, { description: 'Private Pixtral vision inference', ...props });
    const { config, capacity = config.capacity } = props;
    const removalPolicy = config.removal === 'retain' ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;

    const network = new Network(this, 'Network', { cidr: config.vpcCidr });
    const secrets = new FleetSecrets(this, 'Secrets', { removalPolicy });
    const bucket = createFilesBucket(this, 'Files', removalPolicy);
    const { launchTemplate } = new InstanceTemplate(this, 'Instance', {
      config,
      bucket,
      apiKey: secrets.apiKey,
      securityGroup: network.instanceGroup,
    });
    const { group } = new FleetGroup(this, 'Fleet', { config, capacity, network, launchTemplate });
    // Deleted in reverse: the bucket is emptied when the last instance has written its last report.
    group.node.addDependency(bucket);
    const loadBalancer = new LoadBalancer(this, 'LoadBalancer', {
      network,
      group,
      drainTimeoutSeconds: config.drainTimeoutSeconds,
    });
    new Verification(this, 'Verification', {
      network,
      group,
      launchTemplate,
      loadBalancer,
      bucket,
      apiKey: secrets.apiKey,
      servedModelName: config.servedModelName,
    });

    this.output('EndpointUrl', loadBalancer.endpointUrl);
    this.output('ServedModelName', config.servedModelName);
    this.output('ApiKeySecretArn', secrets.apiKey.secretArn);
    this.output('HuggingFaceTokenSecretArn', secrets.huggingFaceToken.secretArn);
    this.output('AutoScalingGroupName', group.autoScalingGroupName);
    this.output('TargetGroupArn', loadBalancer.targetGroup.targetGroupArn);
    this.output('FilesBucketName', bucket.bucketName);
    this.output('TunnelCommand', tunnelCommand(config.region, loadBalancer.balancer.loadBalancerDnsName));
    this.output(
      'StatusCommand',
      `aws autoscaling describe-auto-scaling-groups --region ${config.region} --auto-scaling-group-names ${group.autoScalingGroupName} --query 'AutoScalingGroups[0].Instances'`,
    );
  }

  private output(name: StackOutputName, value: string): void {
    new CfnOutput(this, name, { value });
  }
}

/** An instance is the jump host: no bastion, no SSH. */
function tunnelCommand(region: string, host: string): string {
  const parameters = `{"host":["${host}"],"portNumber":["80"],"localPortNumber":["8080"]}`;
  return `aws ssm start-session --region ${region} --target INSTANCE_ID --document-name AWS-StartPortForwardingSessionToRemoteHost --parameters '${parameters}'`;
}
