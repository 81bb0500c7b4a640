/**
 * Buffers that are used again, so that large bodies cost neither fresh pages nor garbage collections. It counts the bytes
 * of all buffers in existence, lent ones too, and never has more than its limit.
 */
export class BufferPool {
  readonly #limit: number;
  readonly #granule: number;
  readonly #free: Buffer[] = [];
  #bytes = 0;

  /**
   * @param limit bytes of all buffers together
   * @param granule sizes are rounded up to a multiple of this, so that bodies of similar size share buffers
   */
  constructor(limit: number, granule: number) {
    this.#limit = limit;
    this.#granule = granule;
  }

  /** Bytes of all buffers, lent and free. */
  get bytes(): number {
    return this.#bytes;
  }

  /** A buffer of at least this many bytes, with whatever was in it; undefined when the pool is used up. */
  take(length: number): Buffer | undefined {
    const index = this.#free.findIndex((buffer) => buffer.length >= length && buffer.length <= 2 * length);
    if (index >= 0) return this.#free.splice(index, 1)[0];
    const size = Math.ceil(length / this.#granule) * this.#granule;
    while (this.#bytes + size > this.#limit) {
      const unused = this.#free.shift();
      if (unused === undefined) return undefined;
      this.#bytes -= unused.length;
    }
    this.#bytes += size;
    // A buffer of its own memory: those of `allocUnsafe` may share theirs.
    return Buffer.allocUnsafeSlow(size);
  }

  /** Nobody uses the buffer any more. The last one given back is the first one lent, its pages are in the cache. */
  giveBack(buffer: Buffer): void {
    this.#free.unshift(buffer);
  }

  /** Somebody may still read the buffer: it is left to the garbage collector, and never lent again. */
  drop(buffer: Buffer): void {
    this.#bytes -= buffer.length;
  }
}
