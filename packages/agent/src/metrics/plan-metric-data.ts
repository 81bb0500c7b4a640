import type { Dimension, MetricDatum } from '@aws-sdk/client-cloudwatch';
import {
  INSTANCE_METRICS,
  METRIC_DIMENSIONS,
  METRICS,
  type MetricDefinition,
  type MetricId,
} from '@pixtral-fleet/catalog';
import type { Collected } from './metric-buffer.ts';

/** Values in one datum (PutMetricData, API reference). */
const MOST_VALUES = 150;

/** Whose metrics they are, and when they were collected. */
export interface MetricOrigin {
  readonly stackName: string;
  readonly instanceId: string;
  readonly timestamp: Date;
}

/** What a period has collected, as CloudWatch takes it: for the fleet, and again for the instance where that is wanted. */
export function planMetricData(
  collected: ReadonlyMap<MetricId, Collected>,
  origin: MetricOrigin,
): readonly MetricDatum[] {
  const fleet: Dimension[] = [{ Name: METRIC_DIMENSIONS.fleet, Value: origin.stackName }];
  const instance = [...fleet, { Name: METRIC_DIMENSIONS.instance, Value: origin.instanceId }];
  return [...collected].flatMap(([id, what]) => {
    const { name, unit }: MetricDefinition = METRICS[id];
    const scopes = INSTANCE_METRICS.includes(id) ? [fleet, instance] : [fleet];
    return scopes.flatMap((Dimensions) =>
      describe(what).map((values) => ({
        MetricName: name,
        Unit: unit,
        Dimensions,
        Timestamp: origin.timestamp,
        // High resolution, at no other price: scaling looks at periods of 10 s.
        StorageResolution: 1,
        ...values,
      })),
    );
  });
}

function describe(what: Collected): readonly Partial<MetricDatum>[] {
  if (what.kind === 'total') return [{ Value: what.total }];
  if (what.kind === 'samples') {
    const { count, sum, minimum, maximum } = what;
    return [{ StatisticValues: { SampleCount: count, Sum: sum, Minimum: minimum, Maximum: maximum } }];
  }
  const values = [...what.counts];
  return Array.from({ length: Math.ceil(values.length / MOST_VALUES) }, (_, index) => {
    const part = values.slice(index * MOST_VALUES, (index + 1) * MOST_VALUES);
    return { Values: part.map(([value]) => value), Counts: part.map(([, count]) => count) };
  });
}
