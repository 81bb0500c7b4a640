import type { MetricId } from '@pixtral-fleet/catalog';
import type { AdmissionReason, ExchangeMeter, GatewayMeter } from '../gateway/gateway-meter.ts';
import { estimateTokens, type RequestSize } from './load.ts';
import type { MetricSink } from './metric-sink.ts';

const REFUSALS = {
  full: 'refusedFull',
  late: 'refusedLate',
  overdue: 'refusedOverdue',
} as const satisfies Readonly<Record<AdmissionReason, MetricId>>;

/** Counts the gateway's requests into the metrics, and what they take of the model server as long as they last. */
export class RequestMeter implements GatewayMeter {
  readonly #sink: MetricSink;
  #tokens = 0;
  #requests = 0;

  constructor(sink: MetricSink) {
    this.#sink = sink;
  }

  /** At the model server now, or waiting for it. */
  get inFlight(): { readonly tokens: number; readonly requests: number } {
    return { tokens: this.#tokens, requests: this.#requests };
  }

  begin(size: RequestSize): ExchangeMeter {
    const sink = this.#sink;
    const startedAt = performance.now();
    const tokens = estimateTokens(size);
    let isOver = false;
    this.#tokens += tokens;
    this.#requests += 1;
    sink.count('imageTokens', size.imageTokens);
    return {
      sent: (queuedMs) => sink.observe('queueTime', queuedMs),
      streamBegan: () => sink.observe('timeToFirstToken', performance.now() - startedAt),
      streamFailed: () => sink.count('serverErrors'),
      answerEnded: () => undefined,
      end: (whole) => {
        if (isOver) return;
        isOver = true;
        this.#tokens -= tokens;
        this.#requests -= 1;
        if (whole) sink.observe('requestDuration', performance.now() - startedAt);
      },
    };
  }

  refused(reason: AdmissionReason): void {
    this.#sink.count(REFUSALS[reason]);
  }

  pictures(ms: number): void {
    this.#sink.observe('pictureTime', ms);
  }

  answered(status: number): void {
    this.#sink.count('requests');
    if (status === 429) this.#sink.count('requestsRefused');
    if (status >= 500) this.#sink.count('serverErrors');
  }
}
