import type { Usage } from '../chat/chat-types.ts';
import type { BatchProgress } from './batch-types.ts';

const WINDOW_MS = 30_000;

/** Counts what is finished and how fast. Pure: the clock is passed in. */
export class ProgressMeter {
  readonly #total: number | undefined;
  readonly #startedAt: number;
  /** Times at which this run finished an item, the last half minute's alone. */
  readonly #finishedAt: number[] = [];
  #done = 0;
  #failed = 0;
  #resumed = 0;
  #promptTokens = 0;
  #completionTokens = 0;

  constructor(options: { readonly total: number | undefined; readonly now: number }) {
    this.#total = options.total;
    this.#startedAt = options.now;
  }

  onFinished(
    result: { readonly ok: boolean; readonly resumed: boolean; readonly usage: Usage | undefined },
    now: number,
  ): void {
    if (result.ok) this.#done++;
    else this.#failed++;
    if (result.resumed) {
      this.#resumed++;
      return;
    }
    this.#promptTokens += result.usage?.prompt_tokens ?? 0;
    this.#completionTokens += result.usage?.completion_tokens ?? 0;
    this.#finishedAt.push(now);
    while ((this.#finishedAt[0] ?? now) < now - WINDOW_MS) this.#finishedAt.shift();
  }

  read(now: number, state: Pick<BatchProgress, 'inFlight' | 'retrying' | 'concurrency'>): BatchProgress {
    const recent = this.#finishedAt.filter((at) => at >= now - WINDOW_MS).length;
    const overMs = Math.min(WINDOW_MS, now - this.#startedAt);
    const perSecond = overMs > 0 ? (recent * 1_000) / overMs : 0;
    const left = this.#total === undefined ? undefined : this.#total - this.#done - this.#failed;
    return {
      done: this.#done,
      failed: this.#failed,
      resumed: this.#resumed,
      ...state,
      total: this.#total,
      perSecond,
      remainingMs: left === undefined || perSecond === 0 ? undefined : (left / perSecond) * 1_000,
      promptTokens: this.#promptTokens,
      completionTokens: this.#completionTokens,
    };
  }
}
