import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { METRIC_PERIOD_SECONDS, type MetricId } from '@pixtral-fleet/catalog';
import type { SeeingAnswer } from '@pixtral-fleet/smoke-tests/seeing';
import type { Logger } from 'pino';
import type { BootPhase } from '../report/boot-report.ts';
import { FailureStreak } from '../report/failure-streak.ts';
import { readGpuMetrics } from './gpu-metrics.ts';
import { type EngineCapacity, findBatchSize, loadPercent } from './load.ts';
import { MetricBuffer } from './metric-buffer.ts';
import { MetricPublisher } from './metric-publisher.ts';
import { type MetricSink, tellAll } from './metric-sink.ts';
import { type EngineMetrics, parseEngineMetrics } from './parse-engine-metrics.ts';
import { planMetricData } from './plan-metric-data.ts';
import { PrometheusMetrics } from './prometheus/prometheus-metrics.ts';
import { readEngineMetrics } from './read-engine-metrics.ts';
import { RequestMeter } from './request-meter.ts';

export interface AgentMetricsOptions {
  readonly client: CloudWatchClient;
  readonly stackName: string;
  readonly instanceId: string;
  readonly instanceType: string;
  readonly engineSocket: string;
  /** Arguments of `vllm serve`. */
  readonly engineArgs: readonly string[];
  readonly logger: Logger;
}

/** What can be told only while the instance serves. */
export interface Service {
  /** Whether the gateway admits requests: instances that boot or drain must not lower the fleet's average load. */
  readonly isServing: () => boolean;
  /** Of the gateway. */
  readonly backlog: () => { readonly imageTokens: number; readonly seconds: number };
  /** When the API key in use was made; undefined before it is known. */
  readonly keyCreatedAt: () => Date | undefined;
}

/** At the end of an instance's life nothing waits longer than this for CloudWatch. */
const FLUSH_MS = 3_000;

const DAY_MS = 86_400_000;

/** Counted with 0 too, so that a quiet fleet is told from one that tells nothing. */
const COUNTERS: readonly MetricId[] = [
  'requests',
  'requestsRefused',
  'refusedLate',
  'refusedOverdue',
  'refusedFull',
  'serverErrors',
  'imageTokens',
  'answerTokens',
  'engineRestarts',
  'engineHangs',
  'gateFailed',
  'bootFailed',
];

const PHASES = {
  'agent-start': 'bootAgentStart',
  files: 'bootFiles',
  'engine-start': 'bootEngineStart',
  'engine-ready': 'bootEngineReady',
  gate: 'bootGate',
  'in-service': 'bootInService',
} as const satisfies Readonly<Record<BootPhase, MetricId>>;

/**
 * The metrics of this instance: what is counted, sampled and asked for, published every `METRIC_PERIOD_SECONDS`, and
 * told to Prometheus when it asks.
 */
export class AgentMetrics {
  readonly requests: RequestMeter;
  readonly #options: AgentMetricsOptions;
  readonly #buffer = new MetricBuffer();
  readonly #prometheus: PrometheusMetrics;
  readonly #sink: MetricSink;
  readonly #publisher: MetricPublisher;
  readonly #engineStreak: FailureStreak;
  readonly #gpuStreak: FailureStreak;
  #timer: NodeJS.Timeout | undefined;
  #seconds = 0;
  #engine: (EngineMetrics & { readonly at: number }) | undefined;
  #service: Service | undefined;
  #asking: Promise<void> | undefined;

  constructor(options: AgentMetricsOptions) {
    const { client, logger } = options;
    this.#options = options;
    this.#prometheus = new PrometheusMetrics(options);
    this.#sink = tellAll(this.#buffer, this.#prometheus);
    this.requests = new RequestMeter(this.#sink);
    this.#publisher = new MetricPublisher({ client, logger });
    this.#engineStreak = new FailureStreak(logger, "the model server's metrics could not be read");
    this.#gpuStreak = new FailureStreak(logger, "the GPU's metrics could not be read");
  }

  /** What the model server works on at the same time, as far as it is known. */
  get capacity(): EngineCapacity {
    return {
      kvCacheTokens: this.#engine?.kvCacheTokens,
      batchSize: findBatchSize(this.#options.engineArgs),
    };
  }

  /** Something happened that is counted. */
  count(id: MetricId): void {
    this.#sink.count(id);
  }

  /** Requests of an instance that goes have ended; `cut` of them by the drain's bound, and the rest by themselves. */
  drained({ cut, seconds }: { readonly cut: number; readonly seconds: number }): void {
    this.#sink.count('drains');
    this.#sink.count('drainCutRequests', cut);
    this.#sink.sample('drainDuration', seconds);
  }

  /** The instance came into service, so many seconds after its agent started. */
  booted(seconds: number): void {
    this.#sink.sample('bootDuration', seconds);
  }

  bootPhase(phase: BootPhase, seconds: number): void {
    this.#sink.sample(PHASES[phase], seconds);
  }

  /** A gate has been passed or failed with these answers. */
  gate(answers: readonly SeeingAnswer[]): void {
    const right = answers.filter(({ ok }) => ok).length;
    if (answers.length > 0) this.#sink.sample('gateScore', (100 * right) / answers.length);
  }

  /** What Prometheus reads, with what the model server tells of itself now. */
  async read(): Promise<{ readonly contentType: string; readonly text: string }> {
    // At every moment of the agent's life: while it drains too.
    if (this.#service) this.#sampleBacklog(this.#prometheus, this.#service);
    const engineText = await readEngineMetrics(this.#options.engineSocket).catch((error: unknown) => {
      this.#options.logger.debug({ err: error }, 'Prometheus is told nothing of the model server');
      return undefined;
    });
    return { contentType: this.#prometheus.contentType, text: await this.#prometheus.text(engineText) };
  }

  start(service: Service): void {
    this.#service = service;
    this.#timer = setInterval(() => {
      this.#seconds += 1;
      this.#sample(service);
      if (this.#seconds % METRIC_PERIOD_SECONDS === 0) void this.#publish(service);
    }, 1_000);
  }

  /** Sends what there is, within 3 s; never rejects. */
  flush(): Promise<void> {
    return this.#publisher.publish(this.#take(), AbortSignal.timeout(FLUSH_MS));
  }

  /** No more samples; `flush` still works. */
  stop(): void {
    clearInterval(this.#timer);
  }

  #sample(service: Service): void {
    if (!service.isServing()) return;
    this.#sampleBacklog(this.#sink, service);
    // The size of the cache is asked for at once, not only at the end of the period.
    if (!this.#engine) return void this.#askEngine();
    const load = loadPercent(this.requests.inFlight, this.capacity);
    if (load !== undefined) this.#sink.sample('load', load);
  }

  #sampleBacklog(sink: MetricSink, { backlog }: Service): void {
    sink.sample('requestsInFlight', this.requests.inFlight.requests);
    const { imageTokens, seconds } = backlog();
    sink.sample('imageTokenBacklog', imageTokens);
    sink.sample('backlog', seconds);
  }

  async #publish({ isServing, keyCreatedAt }: Service): Promise<void> {
    await Promise.all([isServing() ? this.#askEngine() : undefined, this.#askGpu()]);
    if (isServing()) {
      for (const id of COUNTERS) this.#buffer.count(id, 0);
      const created = keyCreatedAt();
      if (created) this.#sink.sample('apiKeyAge', (Date.now() - created.getTime()) / DAY_MS);
    }
    await this.#publisher.publish(this.#take());
  }

  #take() {
    const { stackName, instanceId } = this.#options;
    return planMetricData(this.#buffer.take(), { stackName, instanceId, timestamp: new Date() });
  }

  /** One question at a time, whoever has it. */
  #askEngine(): Promise<void> {
    this.#asking ??= this.#readEngine().finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  async #readEngine(): Promise<void> {
    try {
      const before = this.#engine;
      const now = {
        ...parseEngineMetrics(await readEngineMetrics(this.#options.engineSocket)),
        at: performance.now(),
      };
      this.#sink.sample('kvCacheUsed', now.kvCachePercent);
      this.#sink.sample('requestsWaiting', now.waiting);
      // A model server that was started again counts from 0.
      if (before) {
        const { generatedTokens, at } = now;
        const written =
          generatedTokens - (generatedTokens < before.generatedTokens ? 0 : before.generatedTokens);
        this.#sink.count('answerTokens', written);
        this.#sink.sample('tokensPerSecond', (1_000 * written) / (at - before.at));
      }
      this.#engine = now;
      this.#engineStreak.succeeded();
    } catch (error) {
      this.#engineStreak.failed(error);
    }
  }

  async #askGpu(): Promise<void> {
    try {
      const gpus = await readGpuMetrics();
      if (!gpus || gpus.length === 0) return;
      this.#sink.sample(
        'gpuMemoryUsed',
        Math.max(...gpus.map(({ memoryUsedMiB, memoryTotalMiB }) => (100 * memoryUsedMiB) / memoryTotalMiB)),
      );
      for (const { utilizationPercent } of gpus) {
        if (utilizationPercent !== undefined) this.#sink.sample('gpuUtilization', utilizationPercent);
      }
      this.#gpuStreak.succeeded();
    } catch (error) {
      this.#gpuStreak.failed(error);
    }
  }
}
