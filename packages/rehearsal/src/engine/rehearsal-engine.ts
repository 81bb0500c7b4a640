import type { EngineName } from '../run/options.ts';

/** What stands behind the gateways of a rehearsal: what is seeded as model and runtime, and how it is drilled. */
export interface RehearsalEngine {
  readonly name: EngineName;
  /** Engine and model, for people. */
  readonly description: string;
  /** What it changes about the template, as CDK context. */
  readonly context: Readonly<Record<string, string>>;
  /** How long a model server may take to come back, gate included. */
  readonly restartDeadlineMs: number;
  readonly load: LoadPlan;
  /** Makes what takes long and is kept in the cache, before anything is deployed; returns what was done. */
  prepare(options: {
    readonly signal: AbortSignal;
    readonly onNote: (note: string) => void;
  }): Promise<string>;
  /** What the bucket is filled with, below `staging` or in the cache. After `prepare`. */
  files(staging: string): Promise<EngineFiles>;
  /** Model servers that start from now on are slow to load: long enough that the balancer notices the loss of one. */
  loadSlowly(slowly: boolean): Promise<void>;
}

export interface EngineFiles {
  /** Folder of the model. */
  readonly model: string;
  /** Folder of the runtime. */
  readonly runtime: string;
  /** Size of the parts in which instances fetch them. */
  readonly partBytes: number;
}

/** Streams that last long enough to be hit, and whose whole text is known. */
export interface LoadPlan {
  /** Each stream counts from 1 to this number. */
  readonly countTo: number;
  /** Whether the server is told the very text (structured output): for models that cannot count. */
  readonly constrained: boolean;
}
