import { type CacheConfig, cacheConfigLabels } from './metrics/cache-config.ts';
import { Histogram } from './metrics/histogram.ts';
import { HISTOGRAM_FAMILIES, type HistogramName } from './metrics/histogram-families.ts';

/** What is counted over the life of a server. */
export interface Counters {
  promptTokens: number;
  /** Of them found in the prefix cache. */
  cachedTokens: number;
  generationTokens: number;
  readonly finished: Record<'stop' | 'length' | 'abort' | 'error' | 'repetition', number>;
  readonly histograms: Readonly<Record<HistogramName, Histogram>>;
  /** Unix time of the start, in seconds. */
  readonly createdAt: number;
}

/** What the engine is doing now. */
export interface Gauges {
  readonly running: number;
  readonly waiting: number;
  /** 0 to 1. */
  readonly kvUsage: number;
  readonly preemptions: number;
}

export function createCounters(): Counters {
  const histograms = Object.entries(HISTOGRAM_FAMILIES).map(([name, [, , bounds]]) => [
    name,
    new Histogram(bounds),
  ]);
  return {
    promptTokens: 0,
    cachedTokens: 0,
    generationTokens: 0,
    finished: { stop: 0, length: 0, abort: 0, error: 0, repetition: 0 },
    histograms: Object.fromEntries(histograms),
    createdAt: Date.now() / 1_000,
  };
}

type Series = readonly (readonly [labels: string, value: number])[];

/**
 * `/metrics` as vLLM 0.32.0 writes it: names, types, help and labels of `recordings/0.32.0/metrics-fresh.txt`.
 *
 * @param cache undefined where there is no KV cache.
 */
export function renderMetrics(
  model: string,
  gauges: Gauges,
  counters: Counters,
  cache: CacheConfig | undefined,
): string {
  const own = `engine="0",model_name="${model}"`;
  const { running, waiting, kvUsage, preemptions } = gauges;
  const { createdAt } = counters;
  const counter = (name: string, help: string, series: Series) =>
    family(`${name}_total`, 'counter', help, series) +
    family(
      `${name}_created`,
      'gauge',
      help,
      series.map(([labels]) => [labels, createdAt]),
    );
  return [
    family('vllm:num_requests_running', 'gauge', 'Number of requests in model execution batches.', [
      [own, running],
    ]),
    family('vllm:num_requests_waiting', 'gauge', 'Number of requests waiting to be processed.', [
      [own, waiting],
    ]),
    family('vllm:num_requests_waiting_by_reason', 'gauge', WAITING_BY_REASON, [
      [`${own},reason="capacity"`, waiting],
      [`${own},reason="deferred"`, 0],
    ]),
    family('vllm:kv_cache_usage_perc', 'gauge', 'KV-cache usage. 1 means 100 percent usage.', [
      [own, kvUsage],
    ]),
    counter('vllm:prefix_cache_queries', 'Prefix cache queries, in terms of number of queried tokens.', [
      [own, counters.promptTokens],
    ]),
    counter('vllm:prefix_cache_hits', 'Prefix cache hits, in terms of number of cached tokens.', [
      [own, counters.cachedTokens],
    ]),
    counter('vllm:num_preemptions', 'Cumulative number of preemption from the engine.', [[own, preemptions]]),
    counter('vllm:prompt_tokens', 'Number of prefill tokens processed.', [[own, counters.promptTokens]]),
    counter('vllm:prompt_tokens_cached', 'Number of cached prompt tokens (local + external).', [
      [own, counters.cachedTokens],
    ]),
    counter('vllm:generation_tokens', 'Number of generation tokens processed.', [
      [own, counters.generationTokens],
    ]),
    counter(
      'vllm:request_success',
      'Count of successfully processed requests.',
      Object.entries(counters.finished).map(([reason, count]) => [
        `engine="0",finished_reason="${reason}",model_name="${model}"`,
        count,
      ]),
    ),
    ...Object.entries(HISTOGRAM_FAMILIES).map(
      ([key, [name, help]]) =>
        histogram(name, help, model, counters.histograms[key as HistogramName]) +
        family(`${name}_created`, 'gauge', help, [[own, createdAt]]),
    ),
    cache
      ? family('vllm:cache_config_info', 'gauge', 'Information of the LLMEngine CacheConfig', [
          [cacheConfigLabels(cache), 1],
        ])
      : '',
  ].join('');
}

const WAITING_BY_REASON =
  "Number of waiting requests by reason. Reason labels: 'capacity' = waiting for scheduling capacity; 'deferred' = deferred by transient constraints (LoRA budget, KV transfer, blocked status). Sum of all reasons equals vllm:num_requests_waiting.";

function family(name: string, type: 'gauge' | 'counter', help: string, series: Series): string {
  const lines = series.map(([labels, value]) => `${name}{${labels}} ${float(value)}\n`);
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`;
}

function histogram(name: string, help: string, model: string, values: Histogram): string {
  const own = `engine="0",model_name="${model}"`;
  const bounds = [...values.bounds.map(float), '+Inf'];
  const buckets = values
    .cumulative()
    .map(
      (count, index) =>
        `${name}_bucket{engine="0",le="${bounds[index]}",model_name="${model}"} ${float(count)}\n`,
    );
  return [
    `# HELP ${name} ${help}\n# TYPE ${name} histogram\n`,
    ...buckets,
    `${name}_count{${own}} ${float(values.count)}\n`,
    `${name}_sum{${own}} ${float(values.sum)}\n`,
  ].join('');
}

/** As Python writes it: `1.0`. */
function float(value: number): string {
  return Number.isInteger(value) ? value.toFixed(1) : String(value);
}
