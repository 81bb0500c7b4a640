/** Collects bits into bytes, the lowest bit of a byte first (GIF, WebP) or the highest (JPEG). */
export class BitWriter {
  readonly #bytes: number[] = [];
  readonly #highestFirst: boolean;
  #bits = 0;
  #filled = 0;

  constructor(order: 'lowest-first' | 'highest-first') {
    this.#highestFirst = order === 'highest-first';
  }

  /** Of a number: its `count` lowest bits, at most 24 of them. */
  write(value: number, count: number): void {
    for (let index = 0; index < count; index++) {
      const bit = (value >> (this.#highestFirst ? count - 1 - index : index)) & 1;
      this.#bits |= bit << (this.#highestFirst ? 7 - this.#filled : this.#filled);
      if (++this.#filled === 8) this.#flush();
    }
  }

  /** All of it; the last byte is filled up with this bit. */
  end(fill: 0 | 1 = 0): Uint8Array {
    while (this.#filled > 0) this.write(fill, 1);
    return Uint8Array.from(this.#bytes);
  }

  #flush(): void {
    this.#bytes.push(this.#bits);
    [this.#bits, this.#filled] = [0, 0];
  }
}
