import { describe, expect, it } from 'vitest';
import { resolveEngineModel } from '../../src/engine-model/engine-model.ts';

const w8a8 = { checkpoint: 'w8a8', instanceType: 'g5.2xlarge' };

describe('an engine model', () => {
  it('has the KV cache that the memory leaves, in whole blocks, or the one that is asked for', () => {
    const kvTokens = (asked: number) =>
      resolveEngineModel(w8a8, { maxModelLen: 16_384, kvTokens: asked }).kvTokens;
    expect(kvTokens(0)).toBe(36_672);
    expect(kvTokens(20_001)).toBe(20_000);
  });

  it('fails when the weights do not fit, in the words of PyTorch', () => {
    const bf16 = { ...w8a8, checkpoint: 'bf16' };
    expect(() =>
      resolveEngineModel(bf16, { maxModelLen: 16_384, kvTokens: 0 }),
    ).toThrowErrorMatchingInlineSnapshot(
      `[EngineStartError: CUDA out of memory. Tried to allocate 140.00 MiB. GPU 0 has a total capacity of 22.35 GiB of which 44.44 MiB is free. Including non-PyTorch memory, this process has 22.31 GiB memory in use.]`,
    );
  });

  it('fails when not one context fits, in the words of vLLM', () => {
    expect(() =>
      resolveEngineModel(w8a8, { maxModelLen: 65_536, kvTokens: 0 }),
    ).toThrowErrorMatchingInlineSnapshot(
      `[EngineStartError: To serve at least one request with the models's max seq len (65536), (10.00 GiB KV cache is needed, which is larger than the available KV cache memory (5.60 GiB). Based on the available memory, the estimated maximum model length is 36672. Try increasing \`gpu_memory_utilization\` or decreasing \`max_model_len\` when initializing the engine.]`,
    );
  });
});
