import type { Counters } from '../metrics-text.ts';

/**
 * The clock of one request, told to the histograms as vLLM does: time to first token and end-to-end latency begin when
 * the request came in, queue time when its pictures were prepared (801).
 */
export class RequestTimes {
  readonly #counters: Counters;
  readonly #promptTokens: number;
  readonly #choices: number;
  readonly #arrivedMs: number;
  readonly #queuedMs = performance.now();
  #admittedMs: number | undefined;
  #firstMs: number | undefined;
  #latestMs = 0;
  #tokens = 0;

  constructor(
    counters: Counters,
    request: {
      /** `performance.now()` */
      readonly arrivedMs: number;
      readonly promptTokens: number;
      readonly choices: number;
    },
  ) {
    this.#counters = counters;
    this.#promptTokens = request.promptTokens;
    this.#choices = request.choices;
    this.#arrivedMs = request.arrivedMs;
  }

  admitted(): void {
    this.#admittedMs = performance.now();
  }

  /** @param count tokens that there are now, of the longest choice. */
  tokens(count: number): void {
    const now = performance.now();
    const { histograms } = this.#counters;
    let more = count - this.#tokens;
    if (this.#firstMs === undefined && more > 0) {
      this.#firstMs = now;
      this.#latestMs = now;
      histograms.firstToken.observe(seconds(now - this.#arrivedMs), this.#choices);
      more--;
    }
    if (more > 0)
      histograms.betweenTokens.observe(seconds(now - this.#latestMs) / more, more * this.#choices);
    this.#tokens = count;
    this.#latestMs = now;
  }

  /** @param lengths tokens of each choice. */
  finished(lengths: readonly number[]): void {
    const now = performance.now();
    const { histograms } = this.#counters;
    const admitted = this.#admittedMs ?? now;
    const first = this.#firstMs ?? now;
    for (const length of lengths) {
      histograms.promptTokens.observe(this.#promptTokens);
      histograms.generationTokens.observe(length);
      histograms.endToEnd.observe(seconds(now - this.#arrivedMs));
      histograms.queue.observe(seconds(admitted - this.#queuedMs));
      histograms.inference.observe(seconds(now - admitted));
      histograms.prefill.observe(seconds(first - admitted));
      histograms.decode.observe(seconds(now - first));
      histograms.perOutputToken.observe(length > 1 ? seconds(now - first) / (length - 1) : 0);
    }
  }
}

function seconds(milliseconds: number): number {
  return Math.max(0, milliseconds) / 1_000;
}
