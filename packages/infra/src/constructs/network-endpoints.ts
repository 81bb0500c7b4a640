import { Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

interface EndpointNeed {
  readonly id: string;
  readonly service: ec2.InterfaceVpcEndpointAwsService;
  /** Who calls the service from inside the VPC, and what for. */
  readonly need: string;
}

const { AUTOSCALING, CLOUDWATCH_LOGS, CLOUDWATCH_MONITORING, SECRETS_MANAGER, SSM, SSM_MESSAGES } =
  ec2.InterfaceVpcEndpointAwsService;

/** Only what is called. Each costs about $0.01 an hour and zone (us-east-1). */
export const INTERFACE_ENDPOINTS: readonly EndpointNeed[] = [
  {
    id: 'SecretsManager',
    service: SECRETS_MANAGER,
    need: 'agents and the verification read the API key',
  },
  {
    id: 'AutoScaling',
    service: AUTOSCALING,
    need: 'agents complete lifecycle actions, the verification looks at the group',
  },
  { id: 'Monitoring', service: CLOUDWATCH_MONITORING, need: 'agents publish metrics' },
  { id: 'Logs', service: CLOUDWATCH_LOGS, need: 'agents send what they and model servers print' },
  { id: 'Ssm', service: SSM, need: 'the SSM agent registers, for Session Manager' },
  { id: 'SsmMessages', service: SSM_MESSAGES, need: 'the channel of Session Manager: shells and tunnels' },
];

export interface EndpointsProps {
  readonly vpc: ec2.IVpc;
  readonly subnets: ec2.SubnetSelection;
  /** Lets in the fleet's own groups. */
  readonly group: ec2.ISecurityGroup;
}

export function addInterfaceEndpoints(scope: Construct, props: EndpointsProps): void {
  for (const { id, service } of INTERFACE_ENDPOINTS) {
    new ec2.InterfaceVpcEndpoint(scope, id, {
      vpc: props.vpc,
      service,
      subnets: props.subnets,
      securityGroups: [props.group],
      open: false,
    });
  }
}

/** Free, and the way by which weights arrive: instances have no other one to S3, or a dearer one. */
export function addS3Endpoint(
  scope: Construct,
  props: Pick<EndpointsProps, 'vpc' | 'subnets'>,
): ec2.GatewayVpcEndpoint {
  return new ec2.GatewayVpcEndpoint(scope, 'S3', {
    vpc: props.vpc,
    service: ec2.GatewayVpcEndpointAwsService.S3,
    subnets: [props.subnets],
  });
}

/**
 * Buckets of this account, and the one by which the verification answers CloudFormation: nobody on an instance can
 * carry anything to a bucket elsewhere. In a VPC of one's own only, where nobody else needs the endpoint.
 */
export function restrictToAccount(endpoint: ec2.GatewayVpcEndpoint): void {
  const { account, region, partition } = Stack.of(endpoint);
  endpoint.addToPolicy(
    new iam.PolicyStatement({
      sid: 'OwnBuckets',
      principals: [new iam.AnyPrincipal()],
      actions: ['s3:*'],
      // Who may do what to which bucket is said by roles and buckets; this says only whose buckets.
      resources: ['*'],
      conditions: { StringEquals: { 's3:ResourceAccount': account } },
    }),
  );
  endpoint.addToPolicy(
    new iam.PolicyStatement({
      sid: 'AnswersToCloudFormation',
      principals: [new iam.AnyPrincipal()],
      actions: ['s3:PutObject'],
      // AWS's own bucket; the region in its name has no dashes (CloudFormation guide, "interface endpoints").
      resources: [
        `arn:${partition}:s3:::cloudformation-custom-resource-response-${region.replaceAll('-', '')}/*`,
      ],
    }),
  );
}
