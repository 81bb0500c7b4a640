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
  readonly #clock = new EngineClock({
    nextIn: (now) => (this.#step ? Math.max(0, this.#step.endsMs - now) : undefined),
    onTick: (now) => this.#completeSteps(now),
  });
  /** Those that have been told of their place. */
  readonly #told = new WeakSet<Sequence<EngineWork>>();
  #usageAtStop: number | undefined;
  #step: { readonly step: Step<EngineWork>; readonly endsMs: number } | undefined;

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

  /** As its latest step left it: one that is frozen tells of nothing new. */
  get kvUsage(): number {
    return this.#usageAtStop ?? this.#kv.usage;
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
    this.#clock.arm();
    return () => this.#batch.remove(sequence);
  }

  freeze(): void {
    this.#usageAtStop ??= this.#kv.usage;
    this.#clock.freeze();
  }

  thaw(): void {
    this.#usageAtStop = undefined;
    this.#clock.thaw();
  }

  close(): void {
    this.#clock.close();
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

  #completeSteps(now: number): void {
    for (let steps = 0; steps < MOST_STEPS_AT_ONCE && this.#step && this.#step.endsMs <= now; steps++) {
      const { step, endsMs } = this.#step;
      const spoke = this.#batch.complete(step);
      this.#begin(endsMs);
      for (const { work, generated } of spoke) work.onTokens(Math.min(generated, work.answerTokens));
    }
  }
}
