import type { MetricId } from '@pixtral-fleet/catalog';

/** How a metric is told to Prometheus: by its conventions, in base units (seconds, parts of one). */
export type MetricFamily = {
  readonly name: string;
  /** Where several metrics make one family. @default - none */
  readonly labels?: Readonly<Record<string, string>>;
  /** Makes base units of a value. @default - it has them */
  readonly toBase?: (value: number) => number;
} & (
  | { readonly type: 'counter' | 'gauge' }
  | { readonly type: 'histogram'; readonly buckets: readonly number[] }
);

/** What agents measure; the rest is of the canary. */
export type AgentMetricId = Exclude<MetricId, 'canaryFailed' | 'canaryDuration'>;

const ofPercent = (percent: number) => percent / 100;
const ofMilliseconds = (ms: number) => ms / 1_000;
const ofDays = (days: number) => days * 86_400;

/** Seconds of answers: between a text on an idle instance and the longest timeout of the load balancer. */
const ANSWER_BUCKETS = [0.1, 0.25, 0.5, 1, 2, 3, 5, 7.5, 10, 15, 20, 30, 45, 60, 120, 300];

const QUEUE_BUCKETS = [0.001, 0.01, 0.1, 0.25, 0.5, 1, 2, 5, 10, 20, 30, 60, 120];

/** Seconds of the gateway's own work, which stops all other requests as long as it lasts. */
const WORK_BUCKETS = [0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1];

const refusals = (reason: string): MetricFamily => ({
  type: 'counter',
  name: 'pixtral_admission_refusals_total',
  labels: { reason },
});

const bootPhase = (phase: string): MetricFamily => ({
  type: 'gauge',
  name: 'pixtral_boot_phase_seconds',
  labels: { phase },
});

const percent = (name: string): MetricFamily => ({ type: 'gauge', name, toBase: ofPercent });

export const METRIC_FAMILIES: Readonly<Record<AgentMetricId, MetricFamily>> = {
  load: percent('pixtral_load_ratio'),
  requestsInFlight: { type: 'gauge', name: 'pixtral_requests_in_flight' },
  requestsWaiting: { type: 'gauge', name: 'pixtral_engine_requests_waiting' },
  requests: { type: 'counter', name: 'pixtral_requests_total' },
  requestsRefused: { type: 'counter', name: 'pixtral_requests_too_many_total' },
  refusedLate: refusals('late'),
  refusedOverdue: refusals('overdue'),
  refusedFull: refusals('full'),
  imageTokenBacklog: { type: 'gauge', name: 'pixtral_image_token_backlog' },
  backlog: { type: 'gauge', name: 'pixtral_backlog_seconds' },
  queueTime: {
    ...{ type: 'histogram', name: 'pixtral_queue_time_seconds' },
    ...{ toBase: ofMilliseconds, buckets: QUEUE_BUCKETS },
  },
  serverErrors: { type: 'counter', name: 'pixtral_server_errors_total' },
  timeToFirstToken: {
    ...{ type: 'histogram', name: 'pixtral_time_to_first_token_seconds' },
    ...{ toBase: ofMilliseconds, buckets: ANSWER_BUCKETS },
  },
  requestDuration: {
    ...{ type: 'histogram', name: 'pixtral_request_duration_seconds' },
    ...{ toBase: ofMilliseconds, buckets: ANSWER_BUCKETS },
  },
  pictureTime: {
    ...{ type: 'histogram', name: 'pixtral_picture_time_seconds' },
    ...{ toBase: ofMilliseconds, buckets: WORK_BUCKETS },
  },
  imageTokens: { type: 'counter', name: 'pixtral_image_tokens_total' },
  answerTokens: { type: 'counter', name: 'pixtral_answer_tokens_total' },
  tokensPerSecond: { type: 'gauge', name: 'pixtral_answer_tokens_per_second' },
  kvCacheUsed: percent('pixtral_kv_cache_used_ratio'),
  gpuMemoryUsed: percent('pixtral_gpu_memory_used_ratio'),
  gpuUtilization: percent('pixtral_gpu_busy_ratio'),
  gateFailed: { type: 'counter', name: 'pixtral_gate_failures_total' },
  gateScore: percent('pixtral_gate_score_ratio'),
  bootFailed: { type: 'counter', name: 'pixtral_boot_failures_total' },
  drains: { type: 'counter', name: 'pixtral_drains_total' },
  drainCutRequests: { type: 'counter', name: 'pixtral_drain_cut_requests_total' },
  drainDuration: { type: 'gauge', name: 'pixtral_drain_duration_seconds' },
  bootDuration: { type: 'gauge', name: 'pixtral_boot_duration_seconds' },
  bootAgentStart: bootPhase('agent-start'),
  bootFiles: bootPhase('files'),
  bootEngineStart: bootPhase('engine-start'),
  bootEngineReady: bootPhase('engine-ready'),
  bootGate: bootPhase('gate'),
  bootInService: bootPhase('in-service'),
  engineRestarts: { type: 'counter', name: 'pixtral_engine_restarts_total' },
  engineHangs: { type: 'counter', name: 'pixtral_engine_hangs_total' },
  apiKeyAge: { type: 'gauge', name: 'pixtral_api_key_age_seconds', toBase: ofDays },
};

/** What a family is, where several metrics make one: their own meanings are parts of it. */
export const FAMILY_HELP: Readonly<Record<string, string>> = {
  pixtral_admission_refusals_total:
    'requests that admission refused: "late" for those whose answers would have come too late, "overdue" for those that waited in vain, "full" where as many as may be were in flight',
  pixtral_boot_phase_seconds: 'how long each phase of the last boot took',
};
