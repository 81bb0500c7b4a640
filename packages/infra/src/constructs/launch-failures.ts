import { Duration } from 'aws-cdk-lib';
import type * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import { runbookPath } from './alarm-definitions.ts';
import { type AlarmsProps, createAlarm } from './alarms.ts';

export interface LaunchFailuresProps extends AlarmsProps {
  readonly group: autoscaling.AutoScalingGroup;
}

/**
 * Launches that EC2 refuses (quota, capacity) or instances that give theirs up: Auto Scaling tries again for ever and
 * tells nobody but EventBridge. People get its reason as a message, and an alarm that shows whether it still happens.
 */
export class LaunchFailures extends Construct {
  constructor(scope: Construct, id: string, props: LaunchFailuresProps) {
    super(scope, id);
    const { config, topic, group } = props;
    const rule = new events.Rule(this, 'Rule', {
      description: `Launches of the Pixtral fleet ${config.stackName} that failed`,
      eventPattern: {
        source: ['aws.autoscaling'],
        detailType: ['EC2 Instance Launch Unsuccessful'],
        detail: { AutoScalingGroupName: [group.autoScalingGroupName] },
      },
    });
    const reason = events.EventField.fromPath('$.detail.StatusMessage');
    const message = events.RuleTargetInput.fromText(
      `The Pixtral fleet ${config.stackName} could not launch an instance: ${reason} Runbook: ${runbookPath('launch-failures')}`,
    );
    for (const each of topic.topics) rule.addTarget(new targets.SnsTopic(each, { message }));
    createAlarm(this, {
      ...props,
      name: 'launch-failures',
      meaning: 'EC2 did not launch an instance, or the instance gave its launch up, 3 times in 15 minutes.',
      metric: new cloudwatch.Metric({
        namespace: 'AWS/Events',
        metricName: 'TriggeredRules',
        dimensionsMap: { RuleName: rule.ruleName },
        statistic: 'Sum',
        period: Duration.minutes(15),
      }),
      threshold: 3,
      comparison: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      periods: 1,
      // The metric is missing until a launch fails.
      missingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    });
  }
}
