import { Batch, type BatchLimits, type Step } from '../engine-model/batch.ts';
import type { ResolvedEngine } from '../engine-model/engine-model.ts';
import { KvBlocks } from '../engine-model/kv-blocks.ts';
import type { Sequence } from '../engine-model/sequence.ts';
import type { Engine, EngineWork } from './engine.ts';
import { EngineClock } from './engine-clock.ts';

export interface StepEngineOptions extends BatchLimits {
  readonly engine: ResolvedEngine;
  /** Seconds of the model in a second of the clock. */
  readonly speedup: number;
}

/** Steps that are made up for in one go before others get a turn. */
const MOST_STEPS_AT_ONCE = 256;

/** Step after step, each as long as the model says: one token for every answer that goes on. */
export class StepEngine implements Engine {
  readonly #options: StepEngineOptions;
  readonly #kv: KvBlocks;
  readonly #batch: Batch<EngineWork>;
  readonly #clock = new EngineClock();
  /** Those that have been told of their place. */
  readonly #told = new WeakSet<Sequence<EngineWork>>();
  #step: { readonly step: Step<EngineWork>; readonly endsMs: number } | undefined;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: StepEngineOptions) {
    this.#options = options;
    this.#kv = new KvBlocks(options.engine.kvTokens);
    this.#batch = new Batch(options, this.#kv);
  }

  get running(): number {
    return this.#batch.running;
  }

  get waiting(): number {
    return this.#batch.waiting;
  }

  get kvUsage(): number {
    return this.#kv.usage;
  }

  get preemptions(): number {
    return this.#batch.preemptions;
  }

  get kvTokens(): number {
    return this.#options.engine.kvTokens;
  }

  submit(work: EngineWork): () => void {
    const sequence = this.#batch.add(work);
    if (!this.#step) this.#begin(this.#clock.now());
    this.#arm();
    return () => this.#batch.remove(sequence);
  }

  freeze(): void {
    this.#clock.freeze();
    clearTimeout(this.#timer);
  }

  thaw(): void {
    this.#clock.thaw();
    this.#arm();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  /** @param fromMs the end of the step before: a late timer does not make the next step late. */
  #begin(fromMs: number): void {
    const step = this.#batch.plan();
    if (!step) {
      this.#step = undefined;
      return;
    }
    const seconds = this.#options.engine.stepTime(step.load);
    this.#step = { step, endsMs: fromMs + (seconds * 1_000) / this.#options.speedup };
    for (const sequence of step.admitted) {
      if (this.#told.has(sequence)) continue;
      this.#told.add(sequence);
      sequence.work.onAdmitted();
    }
  }

  #arm(): void {
    clearTimeout(this.#timer);
    if (!this.#step || this.#closed || this.#clock.frozen) return;
    const delay = Math.max(0, this.#step.endsMs - this.#clock.now());
    this.#timer = setTimeout(() => this.#tick(), delay);
  }

  #tick(): void {
    const now = this.#clock.now();
    for (let steps = 0; steps < MOST_STEPS_AT_ONCE && this.#step && this.#step.endsMs <= now; steps++) {
      const { step, endsMs } = this.#step;
      const spoke = this.#batch.complete(step);
      this.#begin(endsMs);
      for (const { work, generated } of spoke) work.onTokens(Math.min(generated, work.answerTokens));
    }
    this.#arm();
  }
}
