import { METRIC_NAMESPACE } from '@pixtral-fleet/catalog';
import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { bundleHandler } from '../bundle/bundle-handler.ts';
import { acknowledge } from './acknowledge.ts';
import { type AlarmsProps, createAlarm } from './alarms.ts';
import { endpointVariables } from './endpoint-variables.ts';
import { fleetMetric } from './fleet-metric.ts';
import type { LoadBalancer } from './load-balancer.ts';
import { createLogGroup } from './log-group.ts';
import type { Network } from './network.ts';

export interface CanaryProps extends AlarmsProps {
  readonly network: Network;
  readonly loadBalancer: LoadBalancer;
  readonly apiKey: secretsmanager.ISecret;
}

/** Asks the fleet about a picture by the clock, as a client inside the VPC: what it cannot see is not served. */
export class Canary extends Construct {
  constructor(scope: Construct, id: string, props: CanaryProps) {
    super(scope, id);
    const { config, network } = props;
    const every = Duration.minutes(config.operations.canaryMinutes);
    const handler = new lambda.Function(this, 'Handler', {
      description: 'Pixtral: asks the fleet about a picture',
      runtime: lambda.Runtime.NODEJS_24_X,
      handler: 'index.handler',
      code: lambda.Code.fromAsset(bundleHandler('canary')),
      timeout: Duration.seconds(90),
      memorySize: 256,
      // A failure is a metric; asking again at once would only hide it.
      retryAttempts: 0,
      vpc: network.vpc,
      vpcSubnets: network.subnets,
      securityGroups: [network.verificationGroup],
      logGroup: createLogGroup(this, 'Logs', config),
      environment: {
        API_KEY_SECRET_ARN: props.apiKey.secretArn,
        SERVED_MODEL_NAME: config.servedModelName,
        STACK_NAME: config.stackName,
        ...endpointVariables(props),
      },
    });
    props.apiKey.grantRead(handler);
    handler.addToRolePolicy(
      new iam.PolicyStatement({
        sid: 'PublishMetrics',
        actions: ['cloudwatch:PutMetricData'],
        // The action knows no resources (IAM reference for CloudWatch).
        resources: ['*'],
        conditions: { StringEquals: { 'cloudwatch:namespace': METRIC_NAMESPACE } },
      }),
    );
    new events.Rule(this, 'Clock', {
      description: 'Pixtral: when the canary asks',
      schedule: events.Schedule.rate(every),
      targets: [new targets.LambdaFunction(handler)],
    });
    createAlarm(this, {
      ...props,
      name: 'canary-failures',
      meaning: 'Two questions of the canary in a row were not answered right, or it did not run.',
      metric: fleetMetric('canaryFailed', { stackName: config.stackName, statistic: 'Sum', period: every }),
      threshold: 1,
      comparison: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      periods: 2,
      // It publishes every time: one that does not is as bad as a wrong answer.
      missingData: cloudwatch.TreatMissingData.BREACHING,
    });
    acknowledge(handler, {
      ids: ['AWSLambdaBasicExecutionRole', 'AWSLambdaVPCAccessExecutionRole'].map(
        (name) => `IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/${name}]`,
      ),
      reason: 'what a Lambda needs for its logs and its network interface',
    });
    acknowledge(handler, {
      ids: ['IAM5[Resource::*]'],
      reason: 'publishing metrics knows no resources; it is bound by its namespace',
    });
  }
}
