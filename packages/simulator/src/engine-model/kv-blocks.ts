/** Tokens of a block of the KV cache on a GPU: vLLM's default. */
export const BLOCK_TOKENS = 16;

export function blocksFor(tokens: number): number {
  return Math.ceil(tokens / BLOCK_TOKENS);
}

/** The KV cache as a number of blocks; which ones does not matter here. */
export class KvBlocks {
  readonly total: number;
  #used = 0;

  /** @param tokens that the cache holds; an unfinished block is of no use. */
  constructor(tokens: number) {
    this.total = Math.floor(tokens / BLOCK_TOKENS);
  }

  get used(): number {
    return this.#used;
  }

  get free(): number {
    return this.total - this.#used;
  }

  /** Share in use, 0 to 1: `vllm:kv_cache_usage_perc`. */
  get usage(): number {
    return this.total === 0 ? 0 : this.#used / this.total;
  }

  /** Takes all of them or none. */
  take(blocks: number): boolean {
    if (blocks > this.free) return false;
    this.#used += blocks;
    return true;
  }

  release(blocks: number): void {
    this.#used -= blocks;
  }
}
