import { CustomResource, Duration } from 'aws-cdk-lib';
import type * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { bundleHandler } from '../bundle/bundle-handler.ts';
import type { ResolvedConfig } from '../config/index.ts';
import { acknowledge, bucketWildcard, GRANT_READ_ACTIONS } from './acknowledge.ts';
import { endpointVariables } from './endpoint-variables.ts';
import { BOOT_REPORT_PREFIX } from './files-bucket.ts';
import type { LoadBalancer } from './load-balancer.ts';
import { createLogGroup } from './log-group.ts';
import type { Network } from './network.ts';

export interface VerificationProps {
  readonly config: ResolvedConfig;
  readonly network: Network;
  readonly group: autoscaling.AutoScalingGroup;
  readonly launchTemplate: ec2.LaunchTemplate;
  readonly loadBalancer: LoadBalancer;
  readonly bucket: s3.IBucket;
  readonly apiKey: secretsmanager.ISecret;
}

/** Lambda's own limit. */
const TIMEOUT = Duration.minutes(15);

/**
 * Proof inside the VPC that the fleet serves, at every change of what an instance is: a failure rolls the stack back.
 * A CDK `Trigger` would re-run only when its own code changes.
 */
export class Verification extends Construct {
  /** Also to be invoked by people: `pixtral verify --in-vpc`. */
  readonly handler: lambda.Function;

  constructor(scope: Construct, id: string, props: VerificationProps) {
    super(scope, id);
    this.handler = new lambda.Function(this, 'Handler', {
      description: 'Pixtral: waits for the fleet, then asks it about pictures',
      runtime: lambda.Runtime.NODEJS_24_X,
      handler: 'index.handler',
      code: lambda.Code.fromAsset(bundleHandler('verification')),
      timeout: TIMEOUT,
      memorySize: 512,
      vpc: props.network.vpc,
      vpcSubnets: props.network.subnets,
      securityGroups: [props.network.verificationGroup],
      logGroup: createLogGroup(this, 'Logs', props.config),
      environment: {
        AUTO_SCALING_GROUP: props.group.autoScalingGroupName,
        BUCKET: props.bucket.bucketName,
        BOOT_REPORT_PREFIX,
        API_KEY_SECRET_ARN: props.apiKey.secretArn,
        ...endpointVariables(props),
        SERVED_MODEL_NAME: props.config.servedModelName,
      },
    });
    const { handler } = this;
    // It calls AWS through the endpoints.
    handler.node.addDependency(props.network);
    props.apiKey.grantRead(handler);
    props.bucket.grantRead(handler, `${BOOT_REPORT_PREFIX}*`);
    handler.addToRolePolicy(
      new iam.PolicyStatement({
        sid: 'SeeInstances',
        actions: ['autoscaling:DescribeAutoScalingGroups', 'autoscaling:DescribeScalingActivities'],
        // These actions know no resources (IAM reference for Auto Scaling).
        resources: ['*'],
      }),
    );
    const resource = new CustomResource(this, 'Resource', {
      serviceToken: handler.functionArn,
      resourceType: 'Custom::PixtralVerification',
      // A handler that dies is otherwise waited for during an hour.
      serviceTimeout: TIMEOUT,
      properties: { launchTemplateVersion: props.launchTemplate.latestVersionNumber },
    });
    resource.node.addDependency(props.group, props.loadBalancer, handler);
    acknowledge(handler, {
      ids: ['AWSLambdaBasicExecutionRole', 'AWSLambdaVPCAccessExecutionRole'].map(
        (name) => `IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/${name}]`,
      ),
      reason: 'what a Lambda needs for its logs and its network interface',
    });
    acknowledge(handler, {
      ids: [
        'IAM5[Resource::*]',
        ...GRANT_READ_ACTIONS,
        bucketWildcard(props.bucket, `${BOOT_REPORT_PREFIX}*`),
      ],
      reason: 'describing groups knows no resources; the rest is a CDK grant to read boot reports',
    });
  }
}
