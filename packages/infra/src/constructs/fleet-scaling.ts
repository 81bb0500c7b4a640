import { METRIC_PERIOD_SECONDS } from '@pixtral-fleet/catalog';
import { Duration } from 'aws-cdk-lib';
import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { AutoScalingAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as elb from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Construct } from 'constructs';
import type { ResolvedConfig } from '../config/index.ts';
import { fleetMetric } from './fleet-metric.ts';

export interface FleetScalingProps {
  readonly config: ResolvedConfig;
  readonly group: autoscaling.AutoScalingGroup;
  readonly balancer: elb.ApplicationLoadBalancer;
  /** Holds the group's instances. */
  readonly targetGroup: elb.ApplicationTargetGroup;
}

/** Minutes without any work after which a fleet that may sleep does. */
const IDLE_MINUTES = 15;

/** Load that lasts this many periods of 10 s is a burst and no ripple. */
const BURST_PERIODS = 3;
const BURST_INSTANCES = 2;

/**
 * Adds instances by four rules, of which the largest wins, and takes them away by the load alone:
 * - load: tracks the target in both directions; in after 15 minutes below it, never without numbers.
 * - burst: two instances at once, before the tracking has made up its mind.
 * - requests: out only. In two directions it would hold the fleet up for ever: tracking rules take instances away only
 *   when all of them agree, and without requests this one has no numbers to agree with.
 * - wake: from 0 to 1 when the balancer answers 503 because it has nobody to ask. And sleep: to 0 when no instance had
 *   any work for a quarter of an hour.
 *
 * An instance that is taken away is drained by its terminate hook: it gets no new requests, and ends when those in
 * flight have. The tracking removes only what keeps the others at or below the target.
 */
export class FleetScaling extends Construct {
  constructor(scope: Construct, id: string, props: FleetScalingProps) {
    super(scope, id);
    const { config } = props;
    if (!config.scaling.enabled || !canChangeSize(config)) return;
    this.trackLoad(props);
    this.meetBursts(props);
    if (config.scaling.fallbackRequestsPerMinute > 0) this.followRequests(props);
    if (lowestMin(config) === 0) {
      this.wake(props);
      this.sleep(props);
    }
  }

  private trackLoad({ config, group }: FleetScalingProps): void {
    const { namespace, metricName, dimensions, statistic } = loadOf(config);
    new autoscaling.CfnScalingPolicy(this, 'Load', {
      autoScalingGroupName: group.autoScalingGroupName,
      policyType: 'TargetTrackingScaling',
      targetTrackingConfiguration: {
        targetValue: config.scaling.targetLoadPercent,
        customizedMetricSpecification: {
          namespace,
          metricName,
          dimensions: Object.entries(dimensions ?? {}).map(([name, value]) => ({
            name,
            value: String(value),
          })),
          statistic,
          // As often as agents publish: minutes of waiting would be minutes of 429.
          period: METRIC_PERIOD_SECONDS,
        },
      },
    });
  }

  private meetBursts({ config, group }: FleetScalingProps): void {
    const action = new autoscaling.StepScalingAction(this, 'BurstAction', {
      autoScalingGroup: group,
      adjustmentType: autoscaling.AdjustmentType.CHANGE_IN_CAPACITY,
    });
    action.addAdjustment({ adjustment: BURST_INSTANCES, lowerBound: 0 });
    loadOf(config)
      .createAlarm(this, 'Burst', {
        alarmDescription: `${config.stackName}: the load is above ${config.scaling.burstLoadPercent} percent; adds ${BURST_INSTANCES} instances`,
        threshold: config.scaling.burstLoadPercent,
        comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        evaluationPeriods: BURST_PERIODS,
        treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
      })
      .addAlarmAction(new AutoScalingAction(action));
  }

  private followRequests({ config, group, balancer, targetGroup }: FleetScalingProps): void {
    new autoscaling.CfnScalingPolicy(this, 'Requests', {
      autoScalingGroupName: group.autoScalingGroupName,
      policyType: 'TargetTrackingScaling',
      targetTrackingConfiguration: {
        targetValue: config.scaling.fallbackRequestsPerMinute,
        disableScaleIn: true,
        predefinedMetricSpecification: {
          predefinedMetricType: 'ALBRequestCountPerTarget',
          resourceLabel: `${balancer.loadBalancerFullName}/${targetGroup.targetGroupFullName}`,
        },
      },
    });
  }

  private wake({ config, group, balancer }: FleetScalingProps): void {
    const action = new autoscaling.StepScalingAction(this, 'WakeAction', {
      autoScalingGroup: group,
      // An exact size would make a large fleet small that has lost all its targets for a moment.
      adjustmentType: autoscaling.AdjustmentType.CHANGE_IN_CAPACITY,
    });
    action.addAdjustment({ adjustment: 1, lowerBound: 0 });
    balancer.metrics
      .httpCodeElb(elb.HttpCodeElb.ELB_503_COUNT, { period: Duration.minutes(1) })
      .createAlarm(this, 'Wake', {
        alarmDescription: `${config.stackName}: somebody asked a fleet without instances; starts one`,
        threshold: 1,
        evaluationPeriods: 1,
        treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
      })
      .addAlarmAction(new AutoScalingAction(action));
  }

  /** By a rule of its own: AWS does not document whether target tracking takes the last instance away. */
  private sleep({ config, group }: FleetScalingProps): void {
    const action = new autoscaling.StepScalingAction(this, 'SleepAction', {
      autoScalingGroup: group,
      adjustmentType: autoscaling.AdjustmentType.EXACT_CAPACITY,
    });
    action.addAdjustment({ adjustment: 0, upperBound: 0 });
    loadOf(config, { statistic: cloudwatch.Stats.MAXIMUM, period: Duration.minutes(1) })
      .createAlarm(this, 'Sleep', {
        alarmDescription: `${config.stackName}: no instance had any work for ${IDLE_MINUTES} minutes; ends them all`,
        threshold: 0,
        comparisonOperator: cloudwatch.ComparisonOperator.LESS_THAN_OR_EQUAL_TO_THRESHOLD,
        evaluationPeriods: IDLE_MINUTES,
        treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
      })
      .addAlarmAction(new AutoScalingAction(action));
  }
}

function loadOf(
  { stackName }: ResolvedConfig,
  { statistic = cloudwatch.Stats.AVERAGE, period = Duration.seconds(METRIC_PERIOD_SECONDS) } = {},
): cloudwatch.Metric {
  return fleetMetric('load', { stackName, statistic, period });
}

/** Whether there is anything between the smallest and the largest size, by the clock or without. */
function canChangeSize({ capacity }: ResolvedConfig): boolean {
  const { min, max, schedules } = capacity;
  return min < max || schedules.some((schedule) => (schedule.min ?? min) < (schedule.max ?? max));
}

function lowestMin({ capacity }: ResolvedConfig): number {
  return Math.min(capacity.min, ...capacity.schedules.map(({ min }) => min ?? capacity.min));
}
