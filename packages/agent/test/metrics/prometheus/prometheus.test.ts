import { readFileSync } from 'node:fs';
import { METRICS, type MetricId } from '@pixtral-fleet/catalog';
import { describe, expect, test } from 'vitest';
import { METRIC_FAMILIES } from '../../../src/metrics/prometheus/metric-families.ts';
import { PrometheusMetrics } from '../../../src/metrics/prometheus/prometheus-metrics.ts';

const origin = { instanceId: 'i-1', instanceType: 'g5.2xlarge', stackName: 'Fleet' };
const ENGINE_TEXT = readFileSync(
  new URL('../../../../simulator/recordings/0.32.0/metrics-after-traffic.txt', import.meta.url),
  'utf8',
);

/** Everything once: counters by 1, gauges and histograms at 1. */
function measureAll(metrics: PrometheusMetrics): void {
  for (const [id, { type }] of Object.entries(METRIC_FAMILIES)) {
    if (type === 'counter') metrics.count(id as MetricId);
    else if (type === 'gauge') metrics.sample(id as MetricId, 1);
    else metrics.observe(id as MetricId, 1);
  }
}

/** Types by family, as the comments of the text say them. */
function typesOf(text: string): readonly (readonly [string, string])[] {
  return [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(
    ([, name = '', type = '']) => [name, type] as const,
  );
}

describe('the metrics for Prometheus', () => {
  test('follow its conventions: base units, _total for counters alone, one prefix', () => {
    for (const [id, { name, type }] of Object.entries(METRIC_FAMILIES)) {
      expect(name, id).toMatch(/^pixtral_[a-z][a-z_]*$/);
      expect(name.endsWith('_total'), id).toBe(type === 'counter');
      const unit: string = METRICS[id as MetricId].unit;
      if (unit === 'Percent') expect(name, id).toMatch(/_ratio$/);
      if (unit === 'Seconds' || unit === 'Milliseconds') expect(name, id).toMatch(/_seconds$/);
    }
  });

  test('are told in base units', async () => {
    const metrics = new PrometheusMetrics(origin);
    metrics.sample('load', 50);
    metrics.sample('apiKeyAge', 2);
    metrics.observe('timeToFirstToken', 700);
    metrics.count('refusedLate', 3);
    metrics.sample('bootFiles', 12.5);
    const text = await metrics.text(undefined);
    for (const line of [
      'pixtral_load_ratio 0.5',
      'pixtral_api_key_age_seconds 172800',
      'pixtral_time_to_first_token_seconds_sum 0.7',
      'pixtral_time_to_first_token_seconds_bucket{le="0.5"} 0',
      'pixtral_time_to_first_token_seconds_bucket{le="1"} 1',
      'pixtral_admission_refusals_total{reason="late"} 3',
      'pixtral_admission_refusals_total{reason="full"} 0',
      'pixtral_boot_phase_seconds{phase="files"} 12.5',
      'pixtral_agent_info{instance_id="i-1",instance_type="g5.2xlarge",stack="Fleet"} 1',
      'pixtral_engine_up 0',
    ])
      expect(text.split('\n')).toContain(line);
  });

  test('say nothing of what has no value yet: absent, not zero', async () => {
    const text = await new PrometheusMetrics(origin).text(undefined);
    expect(text).not.toContain('pixtral_gpu_busy_ratio');
    expect(text).toContain('pixtral_server_errors_total 0');
  });

  test("stand before the model server's own, every family once", async () => {
    const metrics = new PrometheusMetrics(origin);
    measureAll(metrics);
    const text = await metrics.text(ENGINE_TEXT);
    expect(text).toContain('\npixtral_engine_up 1\n');
    const families = typesOf(text).map(([name]) => name);
    expect(new Set(families).size).toBe(families.length);
    expect(families).toContain('vllm:num_requests_running');
    const own = new Set(Object.values(METRIC_FAMILIES).map(({ name }) => name));
    expect(new Set(families.filter((name) => own.has(name)))).toEqual(own);
    // Every line is a comment, a sample, or empty: the text format 0.0.4.
    for (const line of text.split('\n'))
      expect(line).toMatch(
        /^$|^# (HELP|TYPE) \S+ .+$|^[a-zA-Z_:][\w:]*(\{.*\})? [-+]?(\d|\.|e|Inf|NaN)[^ ]*$/,
      );
    expect(metrics.contentType).toBe('text/plain; version=0.0.4; charset=utf-8');
  });
});
