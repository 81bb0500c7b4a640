/** What vLLM tells of itself at `/metrics`. */
export interface EngineMetrics {
  /** Requests in the batch. */
  readonly running: number;
  /** Requests that it has queued. */
  readonly waiting: number;
  /** Part of the KV cache that is in use, in percent. */
  readonly kvCachePercent: number;
  /** Tokens that the KV cache holds; undefined as long as it is not known. */
  readonly kvCacheTokens: number | undefined;
  /** Tokens written since its start. */
  readonly generatedTokens: number;
}

/** `name{labels} value` of the text format of Prometheus, with an optional time behind it. */
const SAMPLE = /^(vllm:[a-z0-9_]+)\{(.*)\} (\S+)(?: \d+)?$/;

/**
 * Reads the text that vLLM 0.32.0 answers (recorded in `packages/simulator/recordings`). Several engines behind one server
 * are added up; the fullest KV cache counts.
 * @throws Error that names a metric that is missing: another version of vLLM may call it otherwise.
 */
export function parseEngineMetrics(text: string): EngineMetrics {
  const samples = text.split('\n').flatMap((line) => {
    const [, name, labels = '', value] = SAMPLE.exec(line) ?? [];
    return name === undefined ? [] : [{ name, labels, value: Number(value) }];
  });
  const valuesOf = (name: string): readonly number[] => {
    const values = samples.filter((sample) => sample.name === name).map(({ value }) => value);
    if (values.length > 0 && values.every(Number.isFinite)) return values;
    throw new Error(`the model server's /metrics has no usable ${name}`);
  };
  const cacheSizes = samples
    .filter(({ name }) => name === 'vllm:cache_config_info')
    .map(({ labels }) => Number(/(?:^|,)kv_cache_size_tokens="(\d+)"/.exec(labels)?.[1]));
  return {
    running: sum(valuesOf('vllm:num_requests_running')),
    waiting: sum(valuesOf('vllm:num_requests_waiting')),
    kvCachePercent: 100 * Math.max(...valuesOf('vllm:kv_cache_usage_perc')),
    kvCacheTokens: cacheSizes.length > 0 && sum(cacheSizes) > 0 ? sum(cacheSizes) : undefined,
    generatedTokens: sum(valuesOf('vllm:generation_tokens_total')),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
