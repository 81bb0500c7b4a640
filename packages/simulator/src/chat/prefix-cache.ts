import { createHash } from 'node:crypto';

/** What a prompt finds in the cache and leaves there, in tokens. */
export interface CacheUse {
  readonly cached: number;
  readonly created: number;
}

/** Blocks that are remembered; then the cache begins anew. */
const MOST_BLOCKS = 100_000;

/** Which beginnings of prompts were seen before, in whole blocks, as usage tells it (610). */
export class PrefixCache {
  readonly #blockTokens: number;
  readonly #seen = new Set<string>();

  constructor(blockTokens: number) {
    this.#blockTokens = blockTokens;
  }

  /** @param pictures digests: the ids of two pictures of one size are the same. */
  use(ids: readonly number[], pictures: readonly string[]): CacheUse {
    if (this.#seen.size > MOST_BLOCKS) this.#seen.clear();
    // The last token is always computed.
    const blocks = Math.floor((ids.length - 1) / this.#blockTokens);
    let cached = 0;
    let chain = pictures.join();
    for (let block = 0; block < blocks; block++) {
      const from = block * this.#blockTokens;
      chain = createHash('sha1')
        .update(`${chain} ${ids.slice(from, from + this.#blockTokens)}`)
        .digest('hex');
      if (this.#seen.has(chain) && cached === from) cached = from + this.#blockTokens;
      this.#seen.add(chain);
    }
    return { cached, created: blocks * this.#blockTokens - cached };
  }
}
