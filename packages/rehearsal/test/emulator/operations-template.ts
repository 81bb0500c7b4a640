/** What watches a fleet, as the CDK writes it: every kind of resource, in the smallest number. */
export function operationsTemplate(groupName: string): string {
  const topic = { Ref: 'Topic' };
  const publish = (service: string) => ({
    ...{ Effect: 'Allow', Action: 'sns:Publish', Resource: topic },
    Principal: { Service: service },
  });
  return JSON.stringify({
    Resources: {
      Key: {
        Type: 'AWS::KMS::Key',
        Properties: { EnableKeyRotation: true, KeyPolicy: { Version: '2012-10-17', Statement: [] } },
      },
      Topic: {
        Type: 'AWS::SNS::Topic',
        Properties: { KmsMasterKeyId: { 'Fn::GetAtt': ['Key', 'Arn'] } },
      },
      TopicPolicy: {
        Type: 'AWS::SNS::TopicPolicy',
        Properties: {
          Topics: [topic],
          PolicyDocument: { Version: '2012-10-17', Statement: [publish('events.amazonaws.com')] },
        },
      },
      Inbox: { Type: 'AWS::SQS::Queue' },
      Subscription: {
        Type: 'AWS::SNS::Subscription',
        Properties: {
          ...{ TopicArn: topic, Protocol: 'sqs', RawMessageDelivery: true },
          Endpoint: { 'Fn::GetAtt': ['Inbox', 'Arn'] },
        },
      },
      Rule: {
        Type: 'AWS::Events::Rule',
        Properties: {
          EventPattern: {
            source: ['aws.autoscaling'],
            'detail-type': ['EC2 Instance Launch Unsuccessful'],
            detail: { AutoScalingGroupName: [groupName] },
          },
          Targets: [
            {
              ...{ Arn: topic, Id: 'Target0' },
              InputTransformer: {
                InputPathsMap: { reason: '$.detail.StatusMessage' },
                InputTemplate: '"could not launch: <reason>"',
              },
            },
          ],
        },
      },
      Alarm: {
        Type: 'AWS::CloudWatch::Alarm',
        Properties: {
          ...{ AlarmName: 'gate-failures', Namespace: 'PixtralFleet', MetricName: 'GateFailed' },
          Dimensions: [{ Name: 'StackName', Value: 'Fleet' }],
          ...{ Statistic: 'Sum', Period: 300, EvaluationPeriods: 1, Threshold: 0 },
          ...{ ComparisonOperator: 'GreaterThanThreshold', TreatMissingData: 'notBreaching' },
          AlarmActions: [topic],
        },
      },
      Dashboard: {
        Type: 'AWS::CloudWatch::Dashboard',
        Properties: { DashboardName: 'Fleet', DashboardBody: '{"widgets":[]}' },
      },
      Budget: {
        Type: 'AWS::Budgets::Budget',
        Properties: {
          Budget: {
            ...{ BudgetType: 'COST', TimeUnit: 'MONTHLY' },
            BudgetLimit: { Amount: 4_000, Unit: 'USD' },
            CostFilters: { TagKeyValue: ['user:pixtral-fleet:stack$Fleet'] },
          },
          NotificationsWithSubscribers: [
            {
              Notification: {
                ...{ NotificationType: 'ACTUAL', ComparisonOperator: 'GREATER_THAN' },
                ...{ Threshold: 80, ThresholdType: 'PERCENTAGE' },
              },
              Subscribers: [{ SubscriptionType: 'SNS', Address: topic }],
            },
          ],
        },
      },
    },
    Outputs: {
      Topic: { Value: topic },
      Inbox: { Value: { Ref: 'Inbox' } },
      Budget: { Value: { Ref: 'Budget' } },
    },
  });
}
