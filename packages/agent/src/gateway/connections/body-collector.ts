import type { BodyShare } from './body-budget.ts';

const SMALLEST_BLOCK = 16 * 1024;
const LARGEST_BLOCK = 1024 * 1024;

/**
 * Gathers a body in blocks of its own. Chunks are copied: one of a single byte would keep alive the whole buffer that
 * the socket was read into.
 */
export class BodyCollector {
  readonly #share: BodyShare;
  readonly #most: number;
  readonly #full: Buffer[] = [];
  #block = Buffer.alloc(0);
  #used = 0;
  #allocated = 0;
  /** Bytes gathered so far. */
  length = 0;

  /** @param most bytes that may be added in all */
  constructor(share: BodyShare, most: number) {
    this.#share = share;
    this.#most = most;
  }

  /** False when the share cannot grow as much; the body is then of no use. */
  add(chunk: Buffer): boolean {
    for (let at = 0; at < chunk.length; ) {
      if (this.#used === this.#block.length && !this.#grow()) return false;
      const copied = chunk.copy(this.#block, this.#used, at);
      at += copied;
      this.#used += copied;
      this.length += copied;
    }
    return true;
  }

  /** All of it; the share then holds exactly its length. */
  finish(): Buffer {
    const body = Buffer.concat([...this.#full, this.#block.subarray(0, this.#used)], this.length);
    this.#share.resize(this.length);
    return body;
  }

  #grow(): boolean {
    const wished = Math.min(LARGEST_BLOCK, Math.max(SMALLEST_BLOCK, this.length));
    const size = Math.min(wished, this.#most - this.length);
    if (!this.#share.resize(this.#allocated + size)) return false;
    if (this.#used > 0) this.#full.push(this.#block);
    this.#block = Buffer.allocUnsafeSlow(size);
    this.#used = 0;
    this.#allocated += size;
    return true;
  }
}
