import type { Behaviour } from '../behaviour.ts';
import { resolveEngineModel } from '../engine-model/engine-model.ts';
import type { Engine } from './engine.ts';
import { PacedEngine } from './paced-engine.ts';
import { StepEngine } from './step-engine.ts';

export interface EngineLimits {
  readonly maxModelLen: number;
  readonly maxNumSeqs: number;
  /** @default 2048 */
  readonly maxNumBatchedTokens?: number;
}

/** The default of vLLM 0.32.0 (`EngineArgs`) for its server below 70 GiB of GPU memory. */
const DEFAULT_BATCHED_TOKENS = 2_048;

/** @param behaviour its fixed times may change later. @throws EngineStartError when the model does not fit. */
export function createEngine(behaviour: Behaviour, limits: EngineLimits): Engine {
  const { engineModel, kvTokens, engineSpeedup } = behaviour;
  if (engineModel === 'none') return new PacedEngine(behaviour, limits.maxNumSeqs);
  return new StepEngine({
    engine: resolveEngineModel(engineModel, { maxModelLen: limits.maxModelLen, kvTokens }),
    speedup: engineSpeedup,
    maxNumSeqs: limits.maxNumSeqs,
    maxNumBatchedTokens: limits.maxNumBatchedTokens ?? DEFAULT_BATCHED_TOKENS,
  });
}
