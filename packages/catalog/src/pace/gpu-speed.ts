import type { Checkpoint } from '../checkpoints.ts';
import type { InstanceType } from '../instance-types.ts';

/** What a GPU does at most, without sparsity. */
export interface GpuSpeed {
  /** Memory bandwidth in GB/s. */
  readonly bandwidthGBps: number;
  /** Tensor cores in bf16 (T4, which has none: fp16), in TFLOP/s. */
  readonly halfTflops: number;
  /** Tensor cores in INT8, in TOP/s; FP8 where `fp8` is true has the same number. */
  readonly eightBitTops: number;
  readonly fp8: boolean;
}

/**
 * NVIDIA's datasheets of T4 (2019), A10G (2021, as made for AWS), L4 (2023) and L40S (2023), which print some figures
 * with sparsity: halved here.
 */
export const GPU_SPEEDS: Readonly<Record<InstanceType['gpu']['name'], GpuSpeed>> = {
  T4: { bandwidthGBps: 320, halfTflops: 65, eightBitTops: 130, fp8: false },
  A10G: { bandwidthGBps: 600, halfTflops: 70, eightBitTops: 140, fp8: false },
  L4: { bandwidthGBps: 300, halfTflops: 121, eightBitTops: 242, fp8: true },
  L40S: { bandwidthGBps: 864, halfTflops: 362, eightBitTops: 733, fp8: true },
};

/**
 * Share of the bandwidth that decoding reaches. Fitted to the one published time per output token of this size: 13B in
 * bf16 (26 GB), one request, 40 to 55 ms on an L40S (llm-d-inference-sim, docs/latency-profiles.md):
 * 26 / 864 / 0.0475 = 0.63.
 */
const BANDWIDTH_SHARE = 0.63;

/**
 * Share of the tensor cores that prefill and vision encoder reach: an assumption. A network of this shape reached 0.41
 * to 0.71 on an H200 (docs/simulator.md).
 */
const TENSOR_SHARE = 0.5;

/** What the weights of one checkpoint meet on one instance type; all GPUs together, as if splitting cost nothing. */
export interface EngineSpeed {
  /** Bytes per second from GPU memory. */
  readonly bytesPerSecond: number;
  /** Floating-point (or integer) operations per second in the language model's linear layers. */
  readonly linearOpsPerSecond: number;
  /** The same in half precision: attention, and the vision encoder, which no checkpoint quantises. */
  readonly halfOpsPerSecond: number;
}

/** w8a8 computes in INT8 everywhere, fp8 in FP8 from compute capability 8.9 on; the others unpack to half precision. */
export function engineSpeed(checkpoint: Checkpoint, gpu: GpuSpeed, count: number): EngineSpeed {
  const { bandwidthGBps, halfTflops, eightBitTops, fp8 } = gpu;
  const eightBit = checkpoint.id === 'w8a8' || (checkpoint.id === 'fp8' && fp8);
  return {
    bytesPerSecond: bandwidthGBps * 1e9 * BANDWIDTH_SHARE * count,
    linearOpsPerSecond: (eightBit ? eightBitTops : halfTflops) * 1e12 * TENSOR_SHARE * count,
    halfOpsPerSecond: halfTflops * 1e12 * TENSOR_SHARE * count,
  };
}
