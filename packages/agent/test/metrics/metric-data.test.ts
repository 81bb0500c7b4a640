import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MetricBuffer } from '../../src/metrics/metric-buffer.ts';
import { planMetricData } from '../../src/metrics/plan-metric-data.ts';

const origin = { stackName: 'Fleet', instanceId: 'i-1', timestamp: new Date('2026-01-01T00:00:00Z') };
const fleet = [{ Name: 'StackName', Value: 'Fleet' }];

function plan(fill: (buffer: MetricBuffer) => void) {
  const buffer = new MetricBuffer();
  fill(buffer);
  return planMetricData(buffer.take(), origin);
}

describe('metric data', () => {
  test('of a counter is its total, also when that is 0', () => {
    const data = plan((buffer) => {
      buffer.count('requests');
      buffer.count('requests', 2);
      buffer.count('serverErrors', 0);
    });
    expect(data).toEqual([
      {
        MetricName: 'Requests',
        Unit: 'Count',
        Dimensions: fleet,
        Timestamp: origin.timestamp,
        StorageResolution: 1,
        Value: 3,
      },
      expect.objectContaining({ MetricName: 'ServerErrors', Value: 0 }),
    ]);
  });

  test('of samples is a statistic set, for the fleet and again for the instance where that helps', () => {
    const data = plan((buffer) => {
      for (const value of [10, 30, 20]) buffer.sample('load', value);
      buffer.sample('gpuUtilization', 5);
    });
    expect(data.map(({ MetricName, Dimensions }) => [MetricName, Dimensions?.length])).toEqual([
      ['Load', 1],
      ['Load', 2],
      ['GpuUtilization', 1],
    ]);
    expect(data[1]?.Dimensions).toEqual([...fleet, { Name: 'InstanceId', Value: 'i-1' }]);
    expect(data[0]?.StatisticValues).toEqual({ SampleCount: 3, Sum: 60, Minimum: 10, Maximum: 30 });
  });

  test('of durations keeps every value to half a percent, in data of at most 150 values', () => {
    const durations = fc.array(fc.double({ min: 0.5, max: 600_000, noNaN: true }), {
      maxLength: 2_000,
      size: 'max',
    });
    fc.assert(
      fc.property(durations, (given) => {
        const data = plan((buffer) =>
          given.forEach((value) => void buffer.observe('timeToFirstToken', value)),
        );
        for (const { Values = [], Counts = [] } of data) {
          expect(Values.length).toBe(Counts.length);
          expect(Values.length).toBeLessThanOrEqual(150);
        }
        const kept = data
          .flatMap(({ Values = [], Counts = [] }) =>
            Values.flatMap((value, index) => Array.from({ length: Counts[index] ?? 0 }, () => value)),
          )
          .toSorted((a, b) => a - b);
        const sorted = given.toSorted((a, b) => a - b);
        expect(kept.length).toBe(sorted.length);
        sorted.forEach((value, index) => {
          expect(Math.abs((kept[index] ?? 0) - value)).toBeLessThanOrEqual(value * 0.00501);
        });
      }),
      { numRuns: 30 },
    );
  });

  test('is taken once', () => {
    const buffer = new MetricBuffer();
    buffer.count('requests');
    buffer.take();
    expect(buffer.take().size).toBe(0);
  });
});
