export { Batch, type BatchLimits, type Step } from './batch.ts';
export { type EngineModel, type ResolvedEngine, resolveEngineModel } from './engine-model.ts';
export { KvBlocks } from './kv-blocks.ts';
export type { Sequence, SequenceSize } from './sequence.ts';
