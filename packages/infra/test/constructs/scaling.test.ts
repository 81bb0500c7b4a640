import type { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import type { CapacityConfig } from '../../src/config/sections/capacity-config.ts';
import type { ScalingConfig } from '../../src/config/sections/scaling-config.ts';
import { synthesise } from '../synthesise.ts';

const POLICY = 'AWS::AutoScaling::ScalingPolicy';

interface Policy {
  readonly PolicyType: string;
  readonly TargetTrackingConfiguration?: Readonly<Record<string, unknown>>;
  readonly AdjustmentType?: string;
  readonly StepAdjustments?: unknown;
}

function scaled(capacity: CapacityConfig, scaling: ScalingConfig = {}): Template {
  return synthesise({ stackName: 'Fleet', capacity, scaling });
}

function policiesOf(template: Template): readonly Policy[] {
  return Object.values(template.findResources(POLICY)).map(({ Properties }) => Properties as Policy);
}

/** Alarms that act on the group, each with the step that it takes. */
function stepsOf(template: Template) {
  const policies = template.findResources(POLICY);
  return Object.values(template.findResources('AWS::CloudWatch::Alarm')).flatMap(({ Properties }) =>
    (Properties.AlarmActions ?? []).flatMap((action: { readonly Ref?: string }) => {
      const policy = policies[action.Ref ?? '']?.Properties;
      return policy ? [{ alarm: Properties, policy }] : [];
    }),
  );
}

describe('a fleet between 1 and 4', () => {
  const template = scaled({ min: 1, max: 4 }, { targetLoadPercent: 70, burstLoadPercent: 150 });
  const tracking = policiesOf(template).filter(({ PolicyType }) => PolicyType === 'TargetTrackingScaling');

  it('tracks the load that agents publish for the stack, every 10 seconds, in both directions', () => {
    expect(tracking.map(({ TargetTrackingConfiguration }) => TargetTrackingConfiguration)).toContainEqual({
      TargetValue: 70,
      CustomizedMetricSpecification: {
        Namespace: 'PixtralFleet',
        MetricName: 'Load',
        Dimensions: [{ Name: 'StackName', Value: 'Fleet' }],
        Statistic: 'Average',
        Period: 10,
      },
    });
  });

  it('follows requests outwards only, so that they never hold the fleet up', () => {
    const requests = tracking.filter(({ TargetTrackingConfiguration }) =>
      JSON.stringify(TargetTrackingConfiguration).includes('ALBRequestCountPerTarget'),
    );
    expect(requests).toHaveLength(1);
    expect(requests[0]?.TargetTrackingConfiguration).toMatchObject({
      DisableScaleIn: true,
      TargetValue: 240,
    });
  });

  it('adds two instances at once when the load bursts for half a minute', () => {
    const steps = stepsOf(template);
    expect(steps).toHaveLength(1);
    expect(steps[0]?.alarm).toMatchObject({
      MetricName: 'Load',
      Threshold: 150,
      Period: 10,
      EvaluationPeriods: 3,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    });
    expect(steps[0]?.policy).toMatchObject({
      AdjustmentType: 'ChangeInCapacity',
      StepAdjustments: [{ MetricIntervalLowerBound: 0, ScalingAdjustment: 2 }],
    });
  });

  it('is never put to sleep', () => {
    expect(JSON.stringify(stepsOf(template))).not.toMatch(/HTTPCode_ELB_503_Count|ExactCapacity/);
  });
});

describe('a fleet that may sleep', () => {
  it.each<[string, CapacityConfig]>([
    ['at any time', { min: 0, max: 2 }],
    ['by the clock', { min: 1, max: 2, schedules: [{ name: 'night', cron: '0 19 * * *', min: 0 }] }],
  ])('%s is woken by the first request, and sleeps when there were none for 15 minutes', (_, capacity) => {
    const steps = stepsOf(scaled(capacity));
    const wake = steps.find(({ alarm }) => alarm.MetricName === 'HTTPCode_ELB_503_Count');
    expect(wake?.alarm).toMatchObject({
      Threshold: 1,
      Period: 60,
      Statistic: 'Sum',
      TreatMissingData: 'notBreaching',
    });
    expect(wake?.policy).toMatchObject({
      AdjustmentType: 'ChangeInCapacity',
      StepAdjustments: [{ MetricIntervalLowerBound: 0, ScalingAdjustment: 1 }],
    });
    const sleep = steps.find(({ policy }) => policy.AdjustmentType === 'ExactCapacity');
    expect(sleep?.alarm).toMatchObject({
      MetricName: 'Load',
      Statistic: 'Maximum',
      Threshold: 0,
      EvaluationPeriods: 15,
      Period: 60,
      ComparisonOperator: 'LessThanOrEqualToThreshold',
      TreatMissingData: 'notBreaching',
    });
    expect(sleep?.policy.StepAdjustments).toEqual([{ MetricIntervalUpperBound: 0, ScalingAdjustment: 0 }]);
  });
});

describe('no scaling', () => {
  it.each<[string, CapacityConfig, ScalingConfig]>([
    ['when min and max are the same', { min: 2, max: 2 }, {}],
    ['when it is turned off', { min: 0, max: 4 }, { enabled: false }],
  ])('%s', (_, capacity, scaling) => {
    const template = scaled(capacity, scaling);
    expect(policiesOf(template)).toEqual([]);
    expect(stepsOf(template)).toEqual([]);
  });

  it('by requests when their number is 0', () => {
    const template = scaled({}, { fallbackRequestsPerMinute: 0 });
    expect(JSON.stringify(policiesOf(template))).not.toContain('ALBRequestCountPerTarget');
    expect(policiesOf(template)).toHaveLength(2);
  });
});
