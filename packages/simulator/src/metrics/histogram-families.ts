const LENGTHS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000];
const FIRST_TOKEN = [
  0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80, 160, 640,
  2_560,
];
const BETWEEN_TOKENS = [
  0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80,
];
const REQUEST = [
  0.3, 0.5, 0.8, 1, 1.5, 2, 2.5, 5, 10, 15, 20, 30, 40, 50, 60, 120, 240, 480, 960, 1_920, 7_680,
];

export type HistogramName =
  | 'promptTokens'
  | 'generationTokens'
  | 'firstToken'
  | 'betweenTokens'
  | 'perOutputToken'
  | 'endToEnd'
  | 'queue'
  | 'inference'
  | 'prefill'
  | 'decode';

/** vLLM's histograms that are kept here: name, help and bounds as in `recordings/0.32.0/metrics-fresh.txt`, in its order. */
export const HISTOGRAM_FAMILIES: Readonly<
  Record<HistogramName, readonly [name: string, help: string, bounds: readonly number[]]>
> = {
  promptTokens: ['vllm:request_prompt_tokens', 'Number of prefill tokens processed.', LENGTHS],
  generationTokens: ['vllm:request_generation_tokens', 'Number of generation tokens processed.', LENGTHS],
  firstToken: [
    'vllm:time_to_first_token_seconds',
    'Histogram of time to first token in seconds.',
    FIRST_TOKEN,
  ],
  betweenTokens: [
    'vllm:inter_token_latency_seconds',
    'Histogram of inter-token latency in seconds.',
    BETWEEN_TOKENS,
  ],
  perOutputToken: [
    'vllm:request_time_per_output_token_seconds',
    'Histogram of time_per_output_token_seconds per request.',
    BETWEEN_TOKENS,
  ],
  endToEnd: ['vllm:e2e_request_latency_seconds', 'Histogram of e2e request latency in seconds.', REQUEST],
  queue: [
    'vllm:request_queue_time_seconds',
    'Histogram of time spent in WAITING phase for request.',
    REQUEST,
  ],
  inference: [
    'vllm:request_inference_time_seconds',
    'Histogram of time spent in RUNNING phase for request.',
    REQUEST,
  ],
  prefill: [
    'vllm:request_prefill_time_seconds',
    'Histogram of time spent in PREFILL phase for request.',
    REQUEST,
  ],
  decode: [
    'vllm:request_decode_time_seconds',
    'Histogram of time spent in DECODE phase for request.',
    REQUEST,
  ],
};
