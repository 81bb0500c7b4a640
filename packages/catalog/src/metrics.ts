/** CloudWatch namespace of everything that agents publish. */
export const METRIC_NAMESPACE = 'PixtralFleet';

/**
 * Dimensions: every metric is published for the fleet as a whole, and a few once more for their instance.
 *
 * A fleet is known by its stack's name, not by its Auto Scaling group's: alarms that watch the replacement of instances
 * have to exist before the group does, and so cannot name it; nor does a new group begin new metrics.
 */
export const METRIC_DIMENSIONS = { fleet: 'StackName', instance: 'InstanceId' } as const;

/** From launch to the first right answer about a picture; a boot that takes longer raises an alarm. */
export const BOOT_BUDGET_SECONDS: number = 120;

/** How often agents publish, in seconds; metrics of this resolution are what scaling and alarms see. */
export const METRIC_PERIOD_SECONDS = 10;

export type MetricUnit = 'Count' | 'Count/Second' | 'Percent' | 'Milliseconds' | 'Seconds';

/** What a metric is, for whoever publishes, draws or watches it. */
export interface MetricDefinition {
  readonly name: string;
  readonly unit: MetricUnit;
  /** What one value says, in a sentence. */
  readonly meaning: string;
}

/** All metrics of a fleet. Names never change: alarms and dashboards of deployed fleets hold them. */
export const METRICS = {
  load: {
    name: 'Load',
    unit: 'Percent',
    meaning:
      'image, text and answer tokens in flight, of those that the KV cache holds; above 100 requests wait',
  },
  requestsInFlight: {
    name: 'RequestsInFlight',
    unit: 'Count',
    meaning: 'requests admitted and not answered yet',
  },
  requestsWaiting: {
    name: 'RequestsWaiting',
    unit: 'Count',
    meaning: 'requests that the model server has queued',
  },
  requests: { name: 'Requests', unit: 'Count', meaning: 'requests answered, well or not' },
  requestsRefused: { name: 'RequestsRefused', unit: 'Count', meaning: 'requests refused as too many (429)' },
  refusedLate: {
    name: 'RefusedLate',
    unit: 'Count',
    meaning: 'of those refused: their answers would have come too late',
  },
  refusedOverdue: {
    name: 'RefusedOverdue',
    unit: 'Count',
    meaning: 'of those refused: they had waited, and their turn did not come in time',
  },
  refusedFull: {
    name: 'RefusedFull',
    unit: 'Count',
    meaning: 'of those refused: as many as may be were in flight',
  },
  imageTokenBacklog: {
    name: 'ImageTokenBacklog',
    unit: 'Count',
    meaning: 'tokens of the pictures in requests that wait or are at work',
  },
  backlog: {
    name: 'Backlog',
    unit: 'Seconds',
    meaning: 'until a request that came now would get a place at the model server, as predicted',
  },
  queueTime: {
    name: 'QueueTime',
    unit: 'Milliseconds',
    meaning: 'from the whole request to its place at the model server',
  },
  serverErrors: {
    name: 'ServerErrors',
    unit: 'Count',
    meaning: 'answers 5xx but those of an instance that goes away, and streams that ended in an error',
  },
  timeToFirstToken: {
    name: 'TimeToFirstToken',
    unit: 'Milliseconds',
    meaning: 'from the whole request to the first token of a streamed answer',
  },
  requestDuration: {
    name: 'RequestDuration',
    unit: 'Milliseconds',
    meaning: 'from the whole request to the whole answer',
  },
  imageTokens: { name: 'ImageTokens', unit: 'Count', meaning: 'tokens of the pictures in admitted requests' },
  answerTokens: { name: 'AnswerTokens', unit: 'Count', meaning: 'tokens that the model wrote' },
  tokensPerSecond: {
    name: 'TokensPerSecond',
    unit: 'Count/Second',
    meaning: 'tokens that the model of one instance wrote in a second, of all its answers together',
  },
  pictureTime: {
    name: 'PictureTime',
    unit: 'Milliseconds',
    meaning: 'for which the gateway was busy with the pictures of a request before it went on',
  },
  kvCacheUsed: {
    name: 'KvCacheUsed',
    unit: 'Percent',
    meaning: "the model server's KV cache in use",
  },
  gpuMemoryUsed: {
    name: 'GpuMemoryUsed',
    unit: 'Percent',
    meaning: 'GPU memory in use, of the fullest GPU',
  },
  gpuUtilization: { name: 'GpuUtilization', unit: 'Percent', meaning: 'time that the GPU was busy' },
  gateFailed: {
    name: 'GateFailed',
    unit: 'Count',
    meaning: 'instances whose model answered wrong at the gate',
  },
  gateScore: {
    name: 'GateScore',
    unit: 'Percent',
    meaning: 'questions of a gate that were answered right, passed or not',
  },
  bootFailed: { name: 'BootFailed', unit: 'Count', meaning: 'instances that did not come into service' },
  bootDuration: { name: 'BootDuration', unit: 'Seconds', meaning: 'from the start of the agent to service' },
  bootAgentStart: {
    name: 'BootAgentStart',
    unit: 'Seconds',
    meaning: 'of a boot: from the start of the agent to its open port and its keys',
  },
  bootFiles: { name: 'BootFiles', unit: 'Seconds', meaning: 'of a boot: for weights and runtime' },
  bootEngineStart: {
    name: 'BootEngineStart',
    unit: 'Seconds',
    meaning: 'of a boot: for the start of the model server',
  },
  bootEngineReady: {
    name: 'BootEngineReady',
    unit: 'Seconds',
    meaning: 'of a boot: until the model server answers',
  },
  bootGate: { name: 'BootGate', unit: 'Seconds', meaning: 'of a boot: for the questions about pictures' },
  bootInService: {
    name: 'BootInService',
    unit: 'Seconds',
    meaning: 'of a boot: until the group knows that the instance serves',
  },
  engineRestarts: {
    name: 'EngineRestarts',
    unit: 'Count',
    meaning: 'model servers that ended and were started again',
  },
  engineHangs: {
    name: 'EngineHangs',
    unit: 'Count',
    meaning: 'of those: model servers that made no progress while requests waited, and were ended',
  },
  drains: {
    name: 'Drains',
    unit: 'Count',
    meaning: 'instances that were to go and have let their requests end',
  },
  drainCutRequests: {
    name: 'DrainCutRequests',
    unit: 'Count',
    meaning: 'requests that a drain did not leave time for: they ended with an error that says so',
  },
  drainDuration: {
    name: 'DrainDuration',
    unit: 'Seconds',
    meaning: 'from the word to go to the end of the last request',
  },
  apiKeyAge: { name: 'ApiKeyAge', unit: 'Count', meaning: 'days since the API key in use was made' },
  canaryFailed: {
    name: 'CanaryFailed',
    unit: 'Count',
    meaning: 'questions of the canary that were not answered right: 0 or 1',
  },
  canaryDuration: {
    name: 'CanaryDuration',
    unit: 'Milliseconds',
    meaning: 'from the question of the canary to its answer',
  },
} as const;

export type MetricId = keyof typeof METRICS;

/** Published for each instance too, which costs a metric more for each of them: what tells one from the others. */
export const INSTANCE_METRICS: readonly MetricId[] = ['load', 'kvCacheUsed', 'gpuMemoryUsed'];
