import type { GpuSpeed } from '../../src/pace/gpu-speed.ts';

/**
 * Requests a second at most, as RedHatAI's model cards of Pixtral 12B have them (vLLM 0.7.2, GuideLLM): a page of
 * 1680x2240 with 64 tokens of question and 128 of answer, and a picture of 640x480 with 128 and 128.
 */
export const PUBLISHED: readonly {
  readonly gpu: keyof typeof GPUS;
  readonly checkpoint: 'bf16' | 'w8a8' | 'fp8';
  readonly page: number;
  readonly picture: number;
}[] = [
  { gpu: 'A6000', checkpoint: 'bf16', page: 0.6, picture: 0.9 },
  { gpu: 'A6000', checkpoint: 'w8a8', page: 0.9, picture: 1.4 },
  { gpu: 'A100', checkpoint: 'bf16', page: 1.1, picture: 1.8 },
  { gpu: 'A100', checkpoint: 'w8a8', page: 1.5, picture: 2.5 },
  { gpu: 'H100', checkpoint: 'bf16', page: 2.6, picture: 4.0 },
  { gpu: 'H100', checkpoint: 'fp8', page: 3.4, picture: 5.4 },
];

/** NVIDIA's datasheets, without sparsity: RTX A6000 (2020), A100 80 GB SXM (2021), H100 SXM (2023). */
export const GPUS = {
  A6000: { bandwidthGBps: 768, halfTflops: 155, eightBitTops: 310, fp8: false, memoryGiB: 48 },
  A100: { bandwidthGBps: 2_039, halfTflops: 312, eightBitTops: 624, fp8: false, memoryGiB: 80 },
  H100: { bandwidthGBps: 3_350, halfTflops: 989, eightBitTops: 1_979, fp8: true, memoryGiB: 80 },
} as const satisfies Readonly<Record<string, GpuSpeed & { readonly memoryGiB: number }>>;
