import { CHECKPOINTS, type Checkpoint } from './checkpoints.ts';
import { INSTANCE_TYPES, type InstanceType } from './instance-types.ts';

/** Part of the GPU's memory that vLLM takes: its own default since 2026-04 (PR 38284). */
export const GPU_MEMORY_UTILIZATION = 0.92;

/** Keys and values of a token in bf16: 2 × 40 layers × 8 KV heads × 128 × 2 bytes (Pixtral's `params.json`). */
export const KV_BYTES_PER_TOKEN = 163_840;

/** Activations and CUDA graphs at vLLM's default batch of 2,048 tokens: an assumption, to be measured on a GPU. */
const ACTIVATION_GIB = 1.5;

/** vLLM's processes busy-wait: 2 × (2 + GPUs) vCPUs at least (vLLM docs, "optimization"). */
export function leastVcpu(gpuCount: number): number {
  return 2 * (2 + gpuCount);
}

export interface FitOptions {
  readonly checkpoint: Checkpoint;
  readonly instanceType: InstanceType;
  /** Context length in tokens that must fit at least once. */
  readonly maxModelLen: number;
}

/** Whether a checkpoint runs on an instance type, with the arithmetic. All sizes in GiB, over all GPUs. */
export interface MemoryFit {
  readonly fits: boolean;
  /** Why not, one sentence each; empty when it fits. */
  readonly reasons: readonly string[];
  readonly gpuMemoryGiB: number;
  /** What vLLM may use of it. */
  readonly usableGiB: number;
  readonly weightsGiB: number;
  /** For activations and CUDA graphs: an assumption, see `ACTIVATION_GIB`. */
  readonly activationsGiB: number;
  /** What is left for the KV cache; 0 when nothing is. */
  readonly kvCacheGiB: number;
  /** Tokens that the KV cache holds. */
  readonly kvTokens: number;
  /** Choices that fit and differ in one thing: first another checkpoint here, then other instance types by price. */
  readonly nearest: readonly { readonly instanceType: string; readonly checkpoint: string }[];
}

/** Weights, activations and one full context against what the GPUs have, and vCPUs against vLLM's need. */
export function fitCheckpoint(options: FitOptions): MemoryFit {
  const fit = computeFit(options);
  return { ...fit, nearest: fit.fits ? [] : findNearest(options) };
}

function computeFit({ checkpoint, instanceType, maxModelLen }: FitOptions): Omit<MemoryFit, 'nearest'> {
  const { gpu } = instanceType;
  const gpuMemoryGiB = gpu.memoryMiB / 1024;
  const usableGiB = gpuMemoryGiB * GPU_MEMORY_UTILIZATION;
  const weightsGiB = checkpoint.weightBytes / 2 ** 30;
  const activationsGiB = ACTIVATION_GIB * gpu.count;
  const kvCacheGiB = Math.max(0, usableGiB - weightsGiB - activationsGiB);
  const kvTokens = Math.floor((kvCacheGiB * 2 ** 30) / KV_BYTES_PER_TOKEN);
  const reasons: string[] = [];
  if (weightsGiB > usableGiB) {
    reasons.push(
      `${checkpoint.id} has ${gib(weightsGiB)} of weights, but vLLM can use ${gib(usableGiB)} of the ${gib(gpuMemoryGiB)} of ${instanceType.name} (${gpu.count} × ${gpu.name})`,
    );
  } else if (kvTokens < maxModelLen) {
    reasons.push(
      `a context of ${maxModelLen} tokens needs ${gib((maxModelLen * KV_BYTES_PER_TOKEN) / 2 ** 30)} of KV cache, but ${gib(kvCacheGiB)} (${kvTokens} tokens) are left of ${gib(usableGiB)} after ${gib(weightsGiB)} of weights on ${instanceType.name}`,
    );
  }
  if (maxModelLen > checkpoint.longestContext) {
    reasons.push(
      `${checkpoint.id} was made for a context of ${checkpoint.longestContext} tokens, maxModelLen is ${maxModelLen}`,
    );
  }
  if (gpu.computeCapability < checkpoint.computeCapability) {
    reasons.push(
      `${checkpoint.id} needs compute capability ${checkpoint.computeCapability} or later, ${gpu.name} has ${gpu.computeCapability}`,
    );
  }
  if (instanceType.vcpu < leastVcpu(gpu.count)) {
    reasons.push(
      `vLLM needs ${leastVcpu(gpu.count)} vCPUs for ${gpu.count} GPU, ${instanceType.name} has ${instanceType.vcpu}`,
    );
  }
  const sizes = { gpuMemoryGiB, usableGiB, weightsGiB, activationsGiB, kvCacheGiB, kvTokens };
  return { fits: reasons.length === 0, reasons, ...sizes };
}

const MOST_SUGGESTIONS = 3;

function findNearest(options: FitOptions): MemoryFit['nearest'] {
  const { checkpoint, instanceType } = options;
  const here = CHECKPOINTS.filter(
    (other) => !other.trial && computeFit({ ...options, checkpoint: other }).fits,
  )
    .toSorted((a, b) => b.weightBytes - a.weightBytes)
    .map((other) => ({ instanceType: instanceType.name, checkpoint: other.id }));
  const elsewhere = INSTANCE_TYPES.filter((other) => computeFit({ ...options, instanceType: other }).fits)
    .toSorted((a, b) => a.usdPerHour - b.usdPerHour)
    .map((other) => ({ instanceType: other.name, checkpoint: checkpoint.id }));
  return [...here.slice(0, MOST_SUGGESTIONS - 1), ...elsewhere.slice(0, 1)];
}

function gib(value: number): string {
  return `${value.toFixed(2)} GiB`;
}
