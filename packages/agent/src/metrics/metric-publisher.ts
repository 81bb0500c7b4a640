import { type CloudWatchClient, type MetricDatum, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { METRIC_NAMESPACE } from '@pixtral-fleet/catalog';
import type { Logger } from 'pino';
import { FailureStreak } from '../report/failure-streak.ts';

/** Data of PutMetricData (API reference); an instance has about 30 a period. */
const MOST_DATA = 1_000;

/** What is kept while CloudWatch does not take anything: about five minutes. Older data is of no use to anybody. */
const MOST_PENDING = MOST_DATA;

/** Sends metric data, keeps what could not be sent for the next time, and says once that it fails, not every time. */
export class MetricPublisher {
  readonly #client: CloudWatchClient;
  readonly #streak: FailureStreak;
  #pending: readonly MetricDatum[] = [];
  #sending: Promise<void> = Promise.resolve();

  constructor(options: { readonly client: CloudWatchClient; readonly logger: Logger }) {
    this.#client = options.client;
    this.#streak = new FailureStreak(options.logger, 'metrics could not be published');
  }

  /**
   * Sends these and what is left of earlier ones in one request, one at a time. Never rejects.
   * @param signal gives up the request; the data is then kept
   */
  publish(data: readonly MetricDatum[], signal?: AbortSignal): Promise<void> {
    this.#pending = [...this.#pending, ...data].slice(-MOST_PENDING);
    this.#sending = this.#sending.then(() => this.#send(signal));
    return this.#sending;
  }

  async #send(signal: AbortSignal | undefined): Promise<void> {
    const data = this.#pending;
    if (data.length === 0) return;
    this.#pending = [];
    try {
      const command = new PutMetricDataCommand({ Namespace: METRIC_NAMESPACE, MetricData: [...data] });
      await this.#client.send(command, signal ? { abortSignal: signal } : {});
      this.#streak.succeeded();
    } catch (error) {
      this.#pending = [...data, ...this.#pending].slice(-MOST_PENDING);
      this.#streak.failed(error);
    }
  }
}
