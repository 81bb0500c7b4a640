import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, it } from 'vitest';
import { INFRA_FOLDER } from '../../src/cdk-command.ts';
import { RUNBOOK_NAMES } from '../../src/constructs/alarm-definitions.ts';
import { fleetTemplate } from './fleet-template.ts';

const REPOSITORY = join(INFRA_FOLDER, '..', '..');
const ALARM = 'AWS::CloudWatch::Alarm';

let template: Template;
/** Properties of alarms by name, with the canary and the budget. */
let alarms: Map<string, Record<string, unknown>>;
beforeAll(() => {
  template = fleetTemplate({ operations: { canaryMinutes: 5 } });
  alarms = new Map(
    Object.values(template.findResources(ALARM)).flatMap(({ Properties }) =>
      // Those without a name are the scaling's.
      Properties.AlarmName ? [[Properties.AlarmName.replace('PixtralFleet-', ''), Properties]] : [],
    ),
  );
});

describe('every alarm', () => {
  it('names its runbook, and every runbook belongs to an alarm or to the budget', () => {
    for (const [name, { AlarmDescription }] of alarms) {
      expect(AlarmDescription).toMatch(new RegExp(`\\. Runbook: docs/runbooks/${name}\\.md$`));
      expect(existsSync(join(REPOSITORY, 'docs', 'runbooks', `${name}.md`)), name).toBe(true);
    }
    expect([...alarms.keys(), 'budget'].toSorted()).toEqual([...RUNBOOK_NAMES].toSorted());
    const files = readdirSync(join(REPOSITORY, 'docs', 'runbooks'));
    expect(files.toSorted()).toEqual([...RUNBOOK_NAMES.map((name) => `${name}.md`), 'README.md'].toSorted());
  });

  it('tells the topic when it is raised and when it is over', () => {
    const topic = [{ Ref: Object.keys(template.findResources('AWS::SNS::Topic'))[0] }];
    for (const [name, { AlarmActions, OKActions }] of alarms)
      expect([name, AlarmActions, OKActions]).toEqual([name, topic, topic]);
  });

  it('says on purpose what missing data means: a failure only where something must always be there', () => {
    const breaching = [...alarms].filter(([, { TreatMissingData }]) => TreatMissingData === 'breaching');
    expect(breaching.map(([name]) => name).toSorted()).toEqual(['canary-failures', 'no-healthy-target']);
    for (const [, { TreatMissingData }] of alarms) expect(TreatMissingData).toMatch(/^(notB|b)reaching$/);
  });
});

describe('alarms on what agents publish', () => {
  it.each([
    ['server-errors', 'ServerErrors', 'Sum', 4, 300],
    ['gate-failures', 'GateFailed', 'Sum', 0, 300],
    ['boot-failures', 'BootFailed', 'Sum', 1, 600],
    ['engine-restarts', 'EngineRestarts', 'Sum', 2, 900],
    ['slow-boot', 'BootDuration', 'Maximum', 120, 300],
    ['gpu-memory', 'GpuMemoryUsed', 'Maximum', 98, 300],
    ['kv-cache', 'KvCacheUsed', 'Average', 95, 300],
    ['api-key-age', 'ApiKeyAge', 'Maximum', 90, 3_600],
  ])('%s watches %s of the whole fleet', (name, MetricName, Statistic, Threshold, Period) => {
    expect(alarms.get(name)).toMatchObject({
      ...{ MetricName, Statistic, Threshold, Period, Namespace: 'PixtralFleet' },
      Dimensions: [{ Name: 'StackName', Value: 'PixtralFleet' }],
      ComparisonOperator: 'GreaterThanThreshold',
    });
  });

  it('take their thresholds from the config', () => {
    const other = fleetTemplate({
      stackName: 'Other',
      operations: { slowFirstTokenSeconds: 2.5, apiKeyMaxAgeDays: 30 },
    });
    other.hasResourceProperties(ALARM, {
      AlarmName: 'Other-slow-first-token',
      ExtendedStatistic: 'p95',
      Threshold: 2_500,
      EvaluationPeriods: 3,
      EvaluateLowSampleCountPercentile: 'ignore',
      Dimensions: [{ Name: 'StackName', Value: 'Other' }],
    });
    other.hasResourceProperties(ALARM, { AlarmName: 'Other-api-key-age', Threshold: 30 });
  });
});

describe('an update', () => {
  it('is ended by the alarms that tell of wrong instances, which exist before the group', () => {
    const [group] = Object.values(template.findResources('AWS::AutoScaling::AutoScalingGroup'));
    const { Alarms } = group?.UpdatePolicy.AutoScalingInstanceRefresh.Preferences.AlarmSpecification ?? {};
    const names = Alarms.map(
      ({ Ref }: { readonly Ref: string }) => template.toJSON().Resources[Ref].Properties.AlarmName,
    );
    expect(names).toEqual(
      ['server-errors', 'gate-failures', 'boot-failures', 'engine-restarts'].map(
        (name) => `PixtralFleet-${name}`,
      ),
    );
    for (const { Ref } of Alarms) expect(group?.DependsOn).toContain(Ref);
  });
});

describe('alarms on what the load balancer sees', () => {
  it('wait until the fleet was verified once: before that nobody is healthy', () => {
    const [verification] = Object.keys(template.findResources('Custom::PixtralVerification'));
    template.hasResource(ALARM, {
      Properties: { AlarmName: 'PixtralFleet-no-healthy-target', MetricName: 'HealthyHostCount' },
      DependsOn: Match.arrayWith([verification]),
    });
  });

  it.each([
    ['has no instance at least', { min: 0 }],
    ['has none by the clock', { schedules: [{ name: 'night', cron: '0 20 * * *', min: 0, desired: 0 }] }],
  ])('leave a fleet in peace that %s', (_name, capacity) => {
    const sleeping = fleetTemplate({ capacity });
    sleeping.hasResourceProperties(ALARM, {
      AlarmName: 'PixtralFleet-no-healthy-target',
      TreatMissingData: 'notBreaching',
    });
    sleeping.resourcePropertiesCountIs(ALARM, { AlarmName: 'PixtralFleet-balancer-errors' }, 0);
  });
});

describe('launches that fail', () => {
  it('are told with their reason, and counted', () => {
    const [rule] = Object.keys(
      template.findResources('AWS::Events::Rule', {
        Properties: { EventPattern: Match.anyValue() },
      }),
    );
    template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        source: ['aws.autoscaling'],
        'detail-type': ['EC2 Instance Launch Unsuccessful'],
        detail: { AutoScalingGroupName: [{ Ref: Match.anyValue() }] },
      },
      Targets: [
        Match.objectLike({
          InputTransformer: {
            InputPathsMap: { 'detail-StatusMessage': '$.detail.StatusMessage' },
            InputTemplate:
              '"The Pixtral fleet PixtralFleet could not launch an instance: <detail-StatusMessage> Runbook: docs/runbooks/launch-failures.md"',
          },
        }),
      ],
    });
    expect(alarms.get('launch-failures')).toMatchObject({
      ...{ Namespace: 'AWS/Events', MetricName: 'TriggeredRules' },
      Dimensions: [{ Name: 'RuleName', Value: { Ref: rule } }],
    });
  });
});
