import { GPU_MEMORY_UTILIZATION } from '@pixtral-fleet/catalog';
import { BLOCK_TOKENS } from '../engine-model/kv-blocks.ts';

/** The KV cache as the engine reports it at its start. */
export interface CacheConfig {
  readonly kvTokens: number;
  readonly maxModelLen: number;
}

/** Labels of `vllm:cache_config_info`, all that 0.32.0 has, in its order; those that differ are the cache's own. */
export function cacheConfigLabels({ kvTokens, maxModelLen }: CacheConfig): string {
  const labels = {
    _block_size_resolved: 'True',
    block_size: BLOCK_TOKENS,
    cache_dtype: 'auto',
    cache_hit_alignment_tokens: 'None',
    effective_attention_block_size: BLOCK_TOKENS,
    enable_mamba_shared_prefix_checkpoint: 'False',
    enable_prefix_caching: 'True',
    engine: 0,
    gpu_memory_utilization: GPU_MEMORY_UTILIZATION,
    hash_block_size: 'None',
    is_attention_free: 'False',
    kv_cache_dtype_skip_layers: '[]',
    kv_cache_layout: 'None',
    kv_cache_max_concurrency: concurrency({ kvTokens, maxModelLen }),
    kv_cache_memory_bytes: 'None',
    kv_cache_size_tokens: kvTokens,
    kv_offloading_backend: 'native',
    kv_offloading_size: 'None',
    kv_sharing_fast_prefill: 'False',
    mamba_block_size: 'None',
    mamba_cache_dtype: 'auto',
    mamba_cache_mode: 'none',
    mamba_page_size_padded: 'None',
    mamba_ssm_cache_dtype: 'float32',
    num_cpu_blocks: 'None',
    num_gpu_blocks: kvTokens / BLOCK_TOKENS,
    num_gpu_blocks_override: 'None',
    prefix_cache_retention_interval: 0,
    prefix_caching_hash_algo: 'sha256',
    prefix_match_unit: 'None',
    replayssm_buffer_len: 16,
    skip_page_size_padded: 'None',
    sliding_window: 'None',
    swa_bounded_replay: 'True',
    use_kda_recoverssm: 'False',
    use_replayssm: 'False',
    user_specified_block_size: 'False',
  };
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${value}"`)
    .join(',');
}

/** What vLLM prints of it when it starts (pull request 21728). */
export function formatCacheConfig(config: CacheConfig): string {
  const { kvTokens, maxModelLen } = config;
  return [
    `GPU KV cache size: ${kvTokens.toLocaleString('en-US')} tokens`,
    `Maximum concurrency for ${maxModelLen.toLocaleString('en-US')} tokens per request: ${concurrency(config).toFixed(2)}x`,
  ].join('\n');
}

/** Whole contexts that fit at the same time. */
function concurrency({ kvTokens, maxModelLen }: CacheConfig): number {
  return kvTokens / maxModelLen;
}
