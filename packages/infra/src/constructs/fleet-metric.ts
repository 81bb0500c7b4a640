import { METRIC_DIMENSIONS, METRIC_NAMESPACE, METRICS, type MetricId } from '@pixtral-fleet/catalog';
import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';

export interface FleetMetricOptions {
  /** Of the fleet's stack: the dimension that agents publish under. */
  readonly stackName: string;
  /** `cloudwatch.Stats`, such as `Average` or `p95`. */
  readonly statistic: string;
  /** @default 1 minute */
  readonly period?: Duration;
  /** Name in a graph. @default - the metric's own */
  readonly label?: string;
}

/** A metric that agents publish for their fleet. Needs no other resource, so alarms on it can come before the group. */
export function fleetMetric(id: MetricId, options: FleetMetricOptions): cloudwatch.Metric {
  return new cloudwatch.Metric({
    namespace: METRIC_NAMESPACE,
    metricName: METRICS[id].name,
    dimensionsMap: { [METRIC_DIMENSIONS.fleet]: options.stackName },
    statistic: options.statistic,
    period: options.period ?? Duration.minutes(1),
    ...(options.label === undefined ? {} : { label: options.label }),
  });
}
