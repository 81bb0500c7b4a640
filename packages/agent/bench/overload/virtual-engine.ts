import { PICTURE_PREPARE_MS } from '@pixtral-fleet/catalog';
import {
  Batch,
  type BatchLimits,
  KvBlocks,
  type ResolvedEngine,
  type Sequence,
  type SequenceSize,
} from '@pixtral-fleet/simulator/engine-model';
import type { Clock } from '../../src/gateway/admission/clock.ts';

/** Tokens of a picture at full size, which takes `PICTURE_PREPARE_MS`. */
const FULL_PICTURE_TOKENS = 4_160;

export interface EngineJob extends SequenceSize {
  readonly onFirstToken: () => void;
  readonly onEnd: () => void;
}

export interface VirtualEngineOptions extends BatchLimits {
  readonly engine: ResolvedEngine;
  readonly clock: Clock;
  /** How many times slower steps are than modelled. */
  readonly slowdown: number;
}

/** The simulator's engine in virtual time: pictures prepared one after another, then continuous batching. */
export class VirtualEngine {
  readonly #options: VirtualEngineOptions;
  readonly #batch: Batch<EngineJob>;
  #preparedUntil = 0;
  #isStepping = false;
  #promptTokens = 0;

  constructor(options: VirtualEngineOptions) {
    this.#options = options;
    this.#batch = new Batch(options, new KvBlocks(options.engine.kvTokens));
  }

  /** Tokens of finished answers' prompts, all together. */
  get promptTokens(): number {
    return this.#promptTokens;
  }

  get preemptions(): number {
    return this.#batch.preemptions;
  }

  /** Requests that it has queued itself. */
  get waiting(): number {
    return this.#batch.waiting;
  }

  /** @returns what ends it, wherever it is */
  submit(job: EngineJob): () => void {
    const { clock } = this.#options;
    const tokens = job.pictures.reduce((sum, picture) => sum + picture.tokens, 0);
    const seconds = ((PICTURE_PREPARE_MS / 1_000) * tokens) / FULL_PICTURE_TOKENS;
    this.#preparedUntil = Math.max(clock.now(), this.#preparedUntil) + seconds;
    let sequence: Sequence<EngineJob> | undefined;
    const cancel = clock.after(this.#preparedUntil - clock.now(), () => {
      sequence = this.#batch.add(job);
      if (!this.#isStepping) this.#step();
    });
    return () => {
      cancel();
      if (sequence) this.#batch.remove(sequence);
    };
  }

  #step(): void {
    const step = this.#batch.plan();
    this.#isStepping = step !== undefined;
    if (!step) return;
    const { clock, engine, slowdown } = this.#options;
    clock.after(engine.stepTime(step.load) * slowdown, () => {
      const spoke = this.#batch.complete(step);
      for (const { work, generated, finished } of spoke) {
        if (generated === 1) work.onFirstToken();
        if (!finished) continue;
        this.#promptTokens += work.promptTokens;
        work.onEnd();
      }
      this.#step();
    });
  }
}
