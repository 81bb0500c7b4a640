import {
  createStepTime,
  type FitOptions,
  findCheckpoint,
  findInstanceType,
  fitCheckpoint,
  type StepTime,
} from '@pixtral-fleet/catalog';
import { BLOCK_TOKENS } from './kv-blocks.ts';

/** Weights and machine that set the pace, by their names in the catalog. */
export interface EngineModel {
  /** Such as `w8a8`. */
  readonly checkpoint: string;
  /** Such as `g5.2xlarge`. */
  readonly instanceType: string;
}

/** An engine model, ready to be run. */
export interface ResolvedEngine {
  readonly stepTime: StepTime;
  readonly kvTokens: number;
}

/** Why an engine does not start. */
export class EngineStartError extends Error {
  override readonly name = 'EngineStartError' as const;
  /** As Python names it. */
  readonly exception: 'torch.OutOfMemoryError' | 'ValueError';

  constructor(exception: EngineStartError['exception'], message: string) {
    super(message);
    this.exception = exception;
  }
}

/**
 * @param kvTokens what the KV cache holds; 0 for what the memory of the GPU leaves.
 * @throws EngineStartError as vLLM does, when the weights or one full context do not fit.
 */
export function resolveEngineModel(
  { checkpoint, instanceType }: EngineModel,
  { maxModelLen, kvTokens }: { readonly maxModelLen: number; readonly kvTokens: number },
): ResolvedEngine {
  const options: FitOptions = {
    checkpoint: findCheckpoint(checkpoint),
    instanceType: findInstanceType(instanceType),
    maxModelLen,
  };
  const fit = fitCheckpoint(options);
  if (fit.weightsGiB > fit.usableGiB) {
    const total = fit.gpuMemoryGiB / options.instanceType.gpu.count;
    throw outOfMemory(total);
  }
  const tokens = kvTokens > 0 ? kvTokens : fit.kvTokens;
  const usable = Math.floor(tokens / BLOCK_TOKENS) * BLOCK_TOKENS;
  if (usable < maxModelLen) throw contextTooLong(maxModelLen, usable);
  return { stepTime: createStepTime(options.checkpoint, options.instanceType), kvTokens: usable };
}

/** PyTorch's words, for the layer that did not fit any more. */
export function outOfMemory(totalGiB: number): EngineStartError {
  const total = totalGiB.toFixed(2);
  return new EngineStartError(
    'torch.OutOfMemoryError',
    `CUDA out of memory. Tried to allocate 140.00 MiB. GPU 0 has a total capacity of ${total} GiB of which 44.44 MiB is free. Including non-PyTorch memory, this process has ${(totalGiB - 0.04).toFixed(2)} GiB memory in use.`,
  );
}

/** vLLM's words; it counts in GiB, here the tokens are told too. */
function contextTooLong(maxModelLen: number, kvTokens: number): EngineStartError {
  const gib = (tokens: number) => ((tokens * 163_840) / 2 ** 30).toFixed(2);
  return new EngineStartError(
    'ValueError',
    `To serve at least one request with the models's max seq len (${maxModelLen}), (${gib(maxModelLen)} GiB KV cache is needed, which is larger than the available KV cache memory (${gib(kvTokens)} GiB). Based on the available memory, the estimated maximum model length is ${kvTokens}. Try increasing \`gpu_memory_utilization\` or decreasing \`max_model_len\` when initializing the engine.`,
  );
}
