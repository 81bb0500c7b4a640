import type { MetricId } from '@pixtral-fleet/catalog';
import type { AdmissionReason, ExchangeMeter, GatewayMeter } from '../gateway/gateway-meter.ts';
import { estimateTokens, type RequestSize } from './load.ts';
import type { MetricBuffer } from './metric-buffer.ts';

const REFUSALS = {
  full: 'refusedFull',
  late: 'refusedLate',
  overdue: 'refusedOverdue',
} as const satisfies Readonly<Record<AdmissionReason, MetricId>>;

/** Counts the gateway's requests into the metrics, and what they take of the model server as long as they last. */
export class RequestMeter implements GatewayMeter {
  readonly #buffer: MetricBuffer;
  #tokens = 0;
  #requests = 0;

  constructor(buffer: MetricBuffer) {
    this.#buffer = buffer;
  }

  /** At the model server now, or waiting for it. */
  get inFlight(): { readonly tokens: number; readonly requests: number } {
    return { tokens: this.#tokens, requests: this.#requests };
  }

  begin(size: RequestSize): ExchangeMeter {
    const buffer = this.#buffer;
    const startedAt = performance.now();
    const tokens = estimateTokens(size);
    let isOver = false;
    this.#tokens += tokens;
    this.#requests += 1;
    buffer.count('imageTokens', size.imageTokens);
    return {
      sent: (queuedMs) => buffer.observe('queueTime', queuedMs),
      streamBegan: () => buffer.observe('timeToFirstToken', performance.now() - startedAt),
      streamFailed: () => buffer.count('serverErrors'),
      answerEnded: () => undefined,
      end: (whole) => {
        if (isOver) return;
        isOver = true;
        this.#tokens -= tokens;
        this.#requests -= 1;
        if (whole) buffer.observe('requestDuration', performance.now() - startedAt);
      },
    };
  }

  refused(reason: AdmissionReason): void {
    this.#buffer.count(REFUSALS[reason]);
  }

  answered(status: number): void {
    this.#buffer.count('requests');
    if (status === 429) this.#buffer.count('requestsRefused');
    if (status >= 500) this.#buffer.count('serverErrors');
  }
}
