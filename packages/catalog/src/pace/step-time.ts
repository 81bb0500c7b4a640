import type { Checkpoint } from '../checkpoints.ts';
import type { InstanceType } from '../instance-types.ts';
import { KV_BYTES_PER_TOKEN } from '../memory-fit.ts';
import { engineSpeed, GPU_SPEEDS, type GpuSpeed } from './gpu-speed.ts';

/** Pixtral 12B, from its `params.json` (mistralai/Pixtral-12B-2409). */
const DECODER = { parameters: 12_247_782_400, layers: 40, attentionWidth: 32 * 128 } as const;
const VISION = { parameters: 403_489_792, layers: 24, attentionWidth: 1024 } as const;
const ADAPTER_PARAMETERS = 31_467_520;

/** Vision encoder and adapter stay in bf16 in every checkpoint; decoding does not read them. */
const VISION_BYTES = 2 * (VISION.parameters + ADAPTER_PARAMETERS);

/** What one step of the engine computes, over all requests in it. */
export interface StepLoad {
  /** Tokens that go through the language model: one for each answer that goes on, and the chunks of prompts. */
  readonly tokens: number;
  /** Tokens whose keys and values are read: of each request what was computed before. */
  readonly contextTokens: number;
  /** Pairs of tokens that attend to each other. */
  readonly attentionPairs: number;
  /** Patches of 16x16 pixels of each picture that is encoded in this step. */
  readonly picturePatches: readonly number[];
}

/** Seconds that a step takes. */
export type StepTime = (load: StepLoad) => number;

/**
 * A roofline: a step reads all weights and the keys and values of its requests, and computes its tokens; the slower of
 * the two is its time. Pictures are encoded before it.
 *
 *     max((weights + context × 160 KiB) / bandwidth, 2 × 12.2e9 × tokens / linear + 4 × 40 × 4096 × pairs / half)
 *       + Σ (2 × 0.43e9 × patches + 4 × 24 × 1024 × patches²) / half
 */
export function createStepTime(checkpoint: Checkpoint, { gpu }: InstanceType): StepTime {
  return stepTimeOn(checkpoint, GPU_SPEEDS[gpu.name], gpu.count);
}

/** The same on `count` GPUs of any kind: to compare the arithmetic with measurements on other machines. */
export function stepTimeOn(checkpoint: Checkpoint, gpu: GpuSpeed, count: number): StepTime {
  const speed = engineSpeed(checkpoint, gpu, count);
  const weightBytes = checkpoint.weightBytes - VISION_BYTES;
  return ({ tokens, contextTokens, attentionPairs, picturePatches }) => {
    const reading = (weightBytes + contextTokens * KV_BYTES_PER_TOKEN) / speed.bytesPerSecond;
    const computing =
      (2 * DECODER.parameters * tokens) / speed.linearOpsPerSecond +
      attentionOps(DECODER, attentionPairs) / speed.halfOpsPerSecond;
    const encoding = picturePatches.reduce((sum, patches) => sum + encodeOps(patches), 0);
    return Math.max(reading, computing) + encoding / speed.halfOpsPerSecond;
  };
}

/** Scores and weighted values: 2 operations each for every pair, layer and place of the width. */
function attentionOps(
  { layers, attentionWidth }: { readonly layers: number; readonly attentionWidth: number },
  pairs: number,
): number {
  return 4 * layers * attentionWidth * pairs;
}

function encodeOps(patches: number): number {
  return 2 * (VISION.parameters + ADAPTER_PARAMETERS) * patches + attentionOps(VISION, patches ** 2);
}

/** Preparation of a picture of 1024x1024 in vLLM's one thread, in ms: recorded (801), on one CPU core. */
export const PICTURE_PREPARE_MS = 85;
