import { METRICS, type MetricId } from '@pixtral-fleet/catalog';
import { Duration, Stack } from 'aws-cdk-lib';
import type * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as elb from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Construct } from 'constructs';
import type { ResolvedConfig } from '../config/index.ts';
import { fleetMetric } from './fleet-metric.ts';
import type { LoadBalancer } from './load-balancer.ts';

export interface DashboardProps {
  readonly config: ResolvedConfig;
  readonly group: autoscaling.AutoScalingGroup;
  readonly loadBalancer: LoadBalancer;
}

/** Phases of a boot that take long; the others take a second. */
const BOOT_PHASE_METRICS: readonly MetricId[] = [
  'bootFiles',
  'bootEngineStart',
  'bootEngineReady',
  'bootGate',
];

const PERIOD = Duration.minutes(1);

/** Widgets in a row; CloudWatch has 24 columns. */
const WIDTH = 8;
const HEIGHT = 6;

/** One page: is it served, how well, how full is it, what does the load balancer say, how do instances come up. */
export class Dashboard extends Construct {
  readonly url: string;
  readonly #props: DashboardProps;

  constructor(scope: Construct, id: string, props: DashboardProps) {
    super(scope, id);
    this.#props = props;
    const { stackName } = props.config;
    const dashboard = new cloudwatch.Dashboard(this, 'Resource', {
      dashboardName: stackName,
      defaultInterval: Duration.hours(3),
      widgets: [this.serving(), this.speed(), this.capacity(), this.admission(), this.machines()],
    });
    const { region } = Stack.of(this);
    this.url = `https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}#dashboards/dashboard/${dashboard.dashboardName}`;
  }

  private serving(): cloudwatch.IWidget[] {
    const { balancer, targetGroup } = this.#props.loadBalancer;
    const options = { period: PERIOD, statistic: 'Sum' };
    return [
      this.graph('Requests', [
        this.metric('requests', 'Sum', 'answered'),
        this.metric('requestsRefused', 'Sum', 'refused as too many (429)'),
      ]),
      this.graph('Errors', [
        this.metric('serverErrors', 'Sum', 'of the fleet'),
        balancer.metrics.httpCodeElb(elb.HttpCodeElb.ELB_5XX_COUNT, { ...options, label: 'of the balancer' }),
        targetGroup.metrics.httpCodeTarget(elb.HttpCodeTarget.TARGET_5XX_COUNT, {
          ...options,
          label: '5xx of instances, as the balancer saw them',
        }),
      ]),
      this.graph('Targets', [
        targetGroup.metrics.healthyHostCount({ period: PERIOD, statistic: 'Maximum', label: 'healthy' }),
        targetGroup.metrics.unhealthyHostCount({ period: PERIOD, statistic: 'Maximum', label: 'unhealthy' }),
      ]),
    ];
  }

  private speed(): cloudwatch.IWidget[] {
    return [
      this.graph('Time to first token', [
        this.metric('timeToFirstToken', 'p50', 'p50'),
        this.metric('timeToFirstToken', 'p95', 'p95'),
      ]),
      this.graph('Duration of answers', [
        this.metric('requestDuration', 'p50', 'p50'),
        this.metric('requestDuration', 'p95', 'p95'),
      ]),
      this.graph('Tokens', [
        this.metric('imageTokens', 'Sum', 'of pictures'),
        this.metric('answerTokens', 'Sum', 'of answers'),
        this.metric('tokensPerSecond', 'Average', 'of answers a second, an instance'),
      ]),
    ];
  }

  private capacity(): cloudwatch.IWidget[] {
    return [
      this.graph('Load', [
        this.metric('load', 'Average', 'average'),
        this.metric('load', 'Maximum', 'fullest'),
      ]),
      this.graph('In flight', [
        this.metric('requestsInFlight', 'Average', 'an instance, on average'),
        this.metric('requestsInFlight', 'Maximum', 'most at an instance'),
        this.metric('requestsWaiting', 'Maximum', 'most queued by a model server'),
      ]),
      this.graph('Instances', [
        this.groupMetric('GroupInServiceInstances', 'in service'),
        this.groupMetric('GroupDesiredCapacity', 'desired'),
      ]),
    ];
  }

  private admission(): cloudwatch.IWidget[] {
    return [
      this.graph('Backlog', [
        this.metric('backlog', 'Average', 'until there is a place, on average'),
        this.metric('backlog', 'Maximum', 'until there is a place, most'),
      ]),
      this.graph('Time in the queue; image tokens', [
        this.metric('queueTime', 'p50', 'p50'),
        this.metric('queueTime', 'p95', 'p95'),
        this.metric('pictureTime', 'p95', 'with pictures in the gateway, p95'),
        this.metric('imageTokenBacklog', 'Maximum', 'image tokens waiting or at work, most'),
      ]),
      this.graph('Refused (429)', [
        this.metric('refusedLate', 'Sum', 'would have been late'),
        this.metric('refusedOverdue', 'Sum', 'had waited in vain'),
        this.metric('refusedFull', 'Sum', 'too many in flight'),
      ]),
    ];
  }

  private machines(): cloudwatch.IWidget[] {
    return [
      this.graph('KV cache and GPU', [
        this.metric('kvCacheUsed', 'Average', 'KV cache in use'),
        this.metric('gpuUtilization', 'Average', 'GPU busy'),
        this.metric('gpuMemoryUsed', 'Maximum', 'GPU memory in use, fullest'),
      ]),
      this.graph('Boot', [
        this.metric('bootDuration', 'Average', 'average'),
        this.metric('bootDuration', 'Maximum', 'slowest'),
        ...BOOT_PHASE_METRICS.map((id) => this.metric(id, 'Maximum', METRICS[id].name)),
      ]),
      this.graph('What went wrong', [
        this.metric('gateFailed', 'Sum', 'gates failed'),
        this.metric('gateScore', 'Minimum', 'least of a gate answered right'),
        this.metric('bootFailed', 'Sum', 'boots failed'),
        this.metric('engineRestarts', 'Sum', 'model servers restarted'),
        this.metric('engineHangs', 'Sum', 'of them hung'),
      ]),
    ];
  }

  private graph(title: string, left: readonly cloudwatch.IMetric[]): cloudwatch.GraphWidget {
    return new cloudwatch.GraphWidget({
      title,
      left: [...left],
      leftYAxis: { min: 0 },
      width: WIDTH,
      height: HEIGHT,
    });
  }

  private metric(id: MetricId, statistic: string, label: string): cloudwatch.Metric {
    const { stackName } = this.#props.config;
    return fleetMetric(id, { stackName, statistic, label: `${label}${suffixOf(id)}`, period: PERIOD });
  }

  private groupMetric(metricName: string, label: string): cloudwatch.Metric {
    return new cloudwatch.Metric({
      namespace: 'AWS/AutoScaling',
      metricName,
      dimensionsMap: { AutoScalingGroupName: this.#props.group.autoScalingGroupName },
      statistic: 'Average',
      period: PERIOD,
      label,
    });
  }
}

const SUFFIXES: Readonly<Record<string, string>> = {
  Percent: ', %',
  Milliseconds: ', ms',
  Seconds: ', s',
  'Count/Second': '',
  Count: '',
};

/** The unit, which CloudWatch leaves out of its legends. */
function suffixOf(id: MetricId): string {
  return SUFFIXES[METRICS[id].unit] ?? '';
}
