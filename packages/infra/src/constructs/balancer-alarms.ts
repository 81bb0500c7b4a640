import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as elb from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Construct } from 'constructs';
import { maySleep } from '../may-sleep.ts';
import { type AlarmsProps, createAlarm } from './alarms.ts';
import type { LoadBalancer } from './load-balancer.ts';

export interface BalancerAlarmsProps extends AlarmsProps {
  readonly loadBalancer: LoadBalancer;
}

/** The alarms on what the load balancer sees of the fleet. */
export class BalancerAlarms extends Construct {
  constructor(scope: Construct, id: string, props: BalancerAlarmsProps) {
    super(scope, id);
    const { balancer, targetGroup } = props.loadBalancer;
    const sleeps = maySleep(props.config.capacity);
    createAlarm(this, {
      ...props,
      name: 'no-healthy-target',
      meaning: 'The load balancer has had no healthy instance for 3 minutes: nobody is served.',
      metric: targetGroup.metrics.healthyHostCount({ statistic: 'Maximum', period: Duration.minutes(1) }),
      threshold: 1,
      comparison: cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
      periods: 3,
      // Without any target the metric is missing: a failure, unless the fleet may have no instance at all.
      missingData: sleeps ? cloudwatch.TreatMissingData.NOT_BREACHING : cloudwatch.TreatMissingData.BREACHING,
    });
    // A fleet that sleeps is woken by the very 503 that this would count.
    if (sleeps) return;
    createAlarm(this, {
      ...props,
      name: 'balancer-errors',
      meaning: 'The load balancer itself answered at least 10 requests with 5xx in 5 minutes.',
      metric: balancer.metrics.httpCodeElb(elb.HttpCodeElb.ELB_5XX_COUNT, {
        statistic: 'Sum',
        period: Duration.minutes(5),
      }),
      threshold: 10,
      comparison: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      periods: 1,
      // The metric is missing when there was no such answer.
      missingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    });
  }
}
