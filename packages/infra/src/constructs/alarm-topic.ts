import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as actions from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as subscriptions from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import type { ResolvedConfig } from '../config/index.ts';
import { encryptionKey } from './encryption-key.ts';

/** The services that publish to the topic; rules of EventBridge are let in where they name it. */
const PUBLISHERS = ['cloudwatch.amazonaws.com', 'budgets.amazonaws.com'];

/** Where alarms go: a topic of the fleet's own, and one of the user's where it is named. */
export class AlarmTopic extends Construct {
  readonly topic: sns.Topic;
  /** Its own and the user's. */
  readonly topics: readonly sns.ITopic[];

  constructor(scope: Construct, id: string, props: { readonly config: ResolvedConfig }) {
    super(scope, id);
    const { alarmEmail, alarmTopicArn } = props.config.operations;
    this.topic = new sns.Topic(this, 'Resource', {
      displayName: `Pixtral fleet ${props.config.stackName}`,
      masterKey: encryptionKey(this, props.config).encryptionKey ?? this.createKey(),
      enforceSSL: true,
    });
    this.topic.addToResourcePolicy(
      new iam.PolicyStatement({
        sid: 'AlarmsAndBudget',
        principals: PUBLISHERS.map((service) => new iam.ServicePrincipal(service)),
        actions: ['sns:Publish'],
        resources: [this.topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    );
    if (alarmEmail !== undefined) this.topic.addSubscription(new subscriptions.EmailSubscription(alarmEmail));
    const own = alarmTopicArn === undefined ? [] : [sns.Topic.fromTopicArn(this, 'Other', alarmTopicArn)];
    this.topics = [this.topic, ...own];
  }

  /** Tells when an alarm is raised, and when it is over. */
  notify(alarm: cloudwatch.Alarm): void {
    for (const topic of this.topics) {
      alarm.addAlarmAction(new actions.SnsAction(topic));
      alarm.addOkAction(new actions.SnsAction(topic));
    }
  }

  /** AWS's own key for SNS lets no other service publish, and its policy cannot be changed: $1 a month for one that can. */
  private createKey(): kms.Key {
    const key = new kms.Key(this, 'Key', {
      description: `Alarms of the Pixtral fleet ${Stack.of(this).stackName}`,
      enableKeyRotation: true,
      // It protects messages that have been delivered.
      removalPolicy: RemovalPolicy.DESTROY,
      pendingWindow: Duration.days(7),
    });
    key.addToResourcePolicy(
      new iam.PolicyStatement({
        sid: 'Publishers',
        principals: PUBLISHERS.map((service) => new iam.ServicePrincipal(service)),
        actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        // This key. Conditions on the source do not reach it (SNS guide, "Compatibility between event sources").
        resources: ['*'],
      }),
    );
    return key;
  }
}
