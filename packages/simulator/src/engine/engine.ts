import type { SequenceSize } from '../engine-model/sequence.ts';

/** A request for the engine, and who hears of it. */
export interface EngineWork extends SequenceSize {
  /** Somebody reads token by token. */
  readonly streamed: boolean;
  /** It has a place in the batch; heard once. */
  readonly onAdmitted: () => void;
  /** Tokens that there are now; the last time it is `answerTokens`. */
  readonly onTokens: (count: number) => void;
}

/** What answers requests in time: one timer drives all of them. */
export interface Engine {
  readonly running: number;
  readonly waiting: number;
  /** Share of the KV cache in use, 0 to 1. */
  readonly kvUsage: number;
  readonly preemptions: number;
  /** What the KV cache holds; 0 where there is none. */
  readonly kvTokens: number;
  /** Returns what takes the request out again. */
  submit(work: EngineWork): () => void;
  /** Takes no step until `thaw`; what came in meanwhile waits, and nobody catches up. */
  freeze(): void;
  thaw(): void;
  /** No step ever again. */
  close(): void;
}
