/** The counters and gauges that the fleet reads, under vLLM's names and labels. */
export interface Counters {
  promptTokens: number;
  generationTokens: number;
  readonly finished: Record<'stop' | 'length' | 'abort' | 'error' | 'repetition', number>;
}

export function createCounters(): Counters {
  return {
    promptTokens: 0,
    generationTokens: 0,
    finished: { stop: 0, length: 0, abort: 0, error: 0, repetition: 0 },
  };
}

/** Prometheus text format 0.0.4, as vLLM's `/metrics`. */
export function renderMetrics(
  model: string,
  values: { readonly running: number; readonly waiting: number; readonly counters: Counters },
): string {
  const { running, waiting, counters } = values;
  const labels = `engine="0",model_name="${model}"`;
  const rows: [
    name: string,
    type: 'gauge' | 'counter',
    series: readonly (readonly [labels: string, value: number])[],
  ][] = [
    ['vllm:num_requests_running', 'gauge', [[labels, running]]],
    ['vllm:num_requests_waiting', 'gauge', [[labels, waiting]]],
    [
      'vllm:num_requests_waiting_by_reason',
      'gauge',
      [
        [`${labels},reason="capacity"`, waiting],
        [`${labels},reason="deferred"`, 0],
      ],
    ],
    ['vllm:prompt_tokens_total', 'counter', [[labels, counters.promptTokens]]],
    ['vllm:generation_tokens_total', 'counter', [[labels, counters.generationTokens]]],
    [
      'vllm:request_success_total',
      'counter',
      Object.entries(counters.finished).map(
        ([reason, count]) => [`engine="0",finished_reason="${reason}",model_name="${model}"`, count] as const,
      ),
    ],
  ];
  return rows
    .map(([name, type, series]) => {
      const family = type === 'counter' ? name.replace(/_total$/, '') : name;
      return [
        `# TYPE ${family} ${type}`,
        ...series.map(([label, value]) => `${name}{${label}} ${value.toFixed(1)}`),
        '',
      ].join('\n');
    })
    .join('');
}
