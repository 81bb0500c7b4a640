import { Match, type Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, it } from 'vitest';
import { fleetTemplate } from './fleet-template.ts';

const OTHER_TOPIC = 'arn:aws:sns:us-east-1:123456789012:on-call';

let plain: Template;
let full: Template;
beforeAll(() => {
  plain = fleetTemplate({});
  full = fleetTemplate({
    operations: {
      ...{ alarmEmail: 'on-call@example.com', alarmTopicArn: OTHER_TOPIC, monthlyBudgetUsd: 4_000 },
      ...{ logRetentionDays: 7, tags: { team: 'documents' } },
    },
  });
});

describe('the topic of alarms', () => {
  it('is encrypted by a key that alarms and budgets can use, and takes nothing without TLS', () => {
    plain.hasResourceProperties('AWS::SNS::Topic', {
      KmsMasterKeyId: { 'Fn::GetAtt': [Match.anyValue(), 'Arn'] },
    });
    plain.hasResourceProperties('AWS::KMS::Key', {
      EnableKeyRotation: true,
      KeyPolicy: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Principal: { Service: ['budgets.amazonaws.com', 'cloudwatch.amazonaws.com'] },
            Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
          }),
        ]),
      },
    });
    plain.hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
        ]),
      },
    });
  });

  it('uses the key of the config where one is given, and makes none', () => {
    const kmsKeyArn = 'arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab';
    const template = fleetTemplate({ security: { kmsKeyArn } });
    template.hasResourceProperties('AWS::SNS::Topic', { KmsMasterKeyId: kmsKeyArn });
    template.resourceCountIs('AWS::KMS::Key', 0);
    for (const { Properties } of Object.values(template.findResources('AWS::Logs::LogGroup')))
      expect(Properties.KmsKeyId).toBe(kmsKeyArn);
  });

  it('has no subscriber unless there is an address', () => {
    plain.resourceCountIs('AWS::SNS::Subscription', 0);
    full.hasResourceProperties('AWS::SNS::Subscription', {
      Protocol: 'email',
      Endpoint: 'on-call@example.com',
    });
  });

  it('is told together with the topic of the config', () => {
    const alarms = Object.values(full.findResources('AWS::CloudWatch::Alarm')).filter(
      ({ Properties }) => Properties.AlarmName !== undefined,
    );
    expect(alarms.length).toBeGreaterThan(10);
    for (const { Properties } of alarms)
      expect(Properties.AlarmActions).toEqual([{ Ref: expect.any(String) }, OTHER_TOPIC]);
    full.hasResourceProperties('AWS::Events::Rule', {
      Targets: [Match.objectLike({}), Match.objectLike({ Arn: OTHER_TOPIC })],
    });
  });
});

describe('the budget', () => {
  it('does not exist without the option', () => {
    plain.resourceCountIs('AWS::Budgets::Budget', 0);
  });

  it('counts what has the tag of the fleet, and tells at 80 and 100 percent and when 100 are forecast', () => {
    const notice = (NotificationType: string, Threshold: number) =>
      Match.objectLike({
        Notification: Match.objectLike({ NotificationType, Threshold, ThresholdType: 'PERCENTAGE' }),
      });
    full.hasResourceProperties('AWS::Budgets::Budget', {
      Budget: {
        BudgetLimit: { Amount: 4_000, Unit: 'USD' },
        TimeUnit: 'MONTHLY',
        CostFilters: { TagKeyValue: ['user:pixtral-fleet:stack$PixtralFleet'] },
      },
      NotificationsWithSubscribers: [notice('ACTUAL', 80), notice('ACTUAL', 100), notice('FORECASTED', 100)],
    });
  });
});

describe('logs', () => {
  it.each([
    ['30 days', () => plain, 30],
    ['as long as the config says', () => full, 7],
  ])('are kept %s, in every group', (_name, template, days) => {
    const groups = Object.values(template().findResources('AWS::Logs::LogGroup'));
    expect(groups.length).toBeGreaterThanOrEqual(3);
    for (const { Properties, DeletionPolicy } of groups)
      expect([Properties.RetentionInDays, DeletionPolicy]).toEqual([days, 'Delete']);
  });

  it('of agents can be written by instances, and nothing else can', () => {
    const [agentLogs] = Object.keys(plain.findResources('AWS::Logs::LogGroup')).filter((id) =>
      id.includes('AgentLogs'),
    );
    plain.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          {
            Effect: 'Allow',
            Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
            Resource: { 'Fn::GetAtt': [agentLogs, 'Arn'] },
          },
        ]),
      },
    });
  });

  it('and metrics: instances publish under the name of the fleets alone', () => {
    plain.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Action: 'cloudwatch:PutMetricData',
            Condition: { StringEquals: { 'cloudwatch:namespace': 'PixtralFleet' } },
          }),
        ]),
      },
    });
  });
});

describe('tags', () => {
  it('are on everything that can have some', () => {
    const untagged = Object.entries(full.toJSON().Resources as Record<string, Resource>).flatMap(
      ([id, { Properties = {} }]) => {
        const tags = JSON.stringify(Properties.Tags ?? Properties.TagSpecifications ?? '');
        return tags === '""' || (tags.includes('pixtral-fleet:stack') && tags.includes('documents'))
          ? []
          : [id];
      },
    );
    expect(untagged).toEqual([]);
    for (const type of [
      'AWS::AutoScaling::AutoScalingGroup',
      'AWS::SNS::Topic',
      'AWS::S3::Bucket',
      'AWS::EC2::VPC',
    ])
      for (const { Properties } of Object.values(full.findResources(type)))
        expect(JSON.stringify(Properties.Tags), type).toContain('documents');
  });

  it('are not AWS’s own, nor the fleet’s', () => {
    for (const key of ['aws:name', 'pixtral-fleet:stack'])
      expect(() => fleetTemplate({ operations: { tags: { [key]: 'x' } } })).toThrow(
        'not begin with aws: or pixtral-fleet:',
      );
  });
});

describe('the dashboard', () => {
  it('is one, named like the stack, and draws every metric of the agents', () => {
    plain.resourceCountIs('AWS::CloudWatch::Dashboard', 1);
    const [dashboard] = Object.values(plain.findResources('AWS::CloudWatch::Dashboard'));
    expect(dashboard?.Properties.DashboardName).toBe('PixtralFleet');
    const body = JSON.stringify(dashboard?.Properties.DashboardBody);
    for (const name of [
      'Load',
      'RequestsInFlight',
      'RequestsRefused',
      'TimeToFirstToken',
      'RequestDuration',
      'AnswerTokens',
      'KvCacheUsed',
      'GpuMemoryUsed',
      'GpuUtilization',
      'BootDuration',
      'GroupInServiceInstances',
      'HealthyHostCount',
      'HTTPCode_ELB_5XX_Count',
    ])
      expect(body, name).toContain(name);
    plain.hasResourceProperties('AWS::AutoScaling::AutoScalingGroup', {
      MetricsCollection: [{ Granularity: '1Minute' }],
    });
    expect(plain.toJSON().Outputs.DashboardUrl.Value).toMatchObject({ 'Fn::Join': expect.anything() });
  });
});

interface Resource {
  readonly Properties?: { readonly Tags?: unknown; readonly TagSpecifications?: unknown };
}
