import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { ResolvedConfig } from '../config/index.ts';
import { planAgentAlarms, type RunbookName, runbookPath } from './alarm-definitions.ts';
import type { AlarmTopic } from './alarm-topic.ts';
import { fleetMetric } from './fleet-metric.ts';

export interface AlarmsProps {
  readonly config: ResolvedConfig;
  readonly topic: AlarmTopic;
}

/** The alarms on what agents publish. They name the stack and nothing in it, so the group can name them. */
export class AgentAlarms extends Construct {
  /** Those that end an update: at most 10, as an instance refresh takes them. */
  readonly refreshAlarms: readonly cloudwatch.Alarm[];

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    const { stackName } = props.config;
    const created = planAgentAlarms(props.config).map((definition) => {
      const { name, meaning, metric, statistic, above, period, periods, endsUpdate } = definition;
      const alarm = createAlarm(this, {
        ...props,
        name,
        meaning,
        metric: fleetMetric(metric, { stackName, statistic, period }),
        threshold: above,
        comparison: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
        periods,
        missingData: cloudwatch.TreatMissingData.NOT_BREACHING,
      });
      return { alarm, endsUpdate };
    });
    this.refreshAlarms = created.filter(({ endsUpdate }) => endsUpdate).map(({ alarm }) => alarm);
  }
}

export interface AlarmOptions extends AlarmsProps {
  readonly name: RunbookName;
  readonly meaning: string;
  readonly metric: cloudwatch.Metric;
  readonly threshold: number;
  readonly comparison: cloudwatch.ComparisonOperator;
  /** All of them have to be breaching. */
  readonly periods: number;
  readonly missingData: cloudwatch.TreatMissingData;
}

/** An alarm with a name that people recognise in an e-mail, its runbook in its description, and the topics told. */
export function createAlarm(scope: Construct, options: AlarmOptions): cloudwatch.Alarm {
  const { config, topic, name, meaning, metric } = options;
  const isPercentile = metric.statistic.startsWith('p');
  const alarm = new cloudwatch.Alarm(scope, idOf(name), {
    alarmName: `${config.stackName}-${name}`,
    alarmDescription: `${meaning} Runbook: ${runbookPath(name)}`,
    metric,
    threshold: options.threshold,
    comparisonOperator: options.comparison,
    evaluationPeriods: options.periods,
    treatMissingData: options.missingData,
    // The slowest of three requests is no percentile.
    ...(isPercentile ? { evaluateLowSampleCountPercentile: 'ignore' } : {}),
  });
  topic.notify(alarm);
  return alarm;
}

function idOf(name: string): string {
  return name.replaceAll(/(^|-)([a-z])/g, (_match, _dash, letter: string) => letter.toUpperCase());
}
