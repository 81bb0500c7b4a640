import type { Picture } from '../images/picture.ts';
import { SOCKET_HIGH_WATER_MARK } from '../transport/connections.ts';
import type { OpenBody } from '../transport/transport.ts';
import { BufferPool } from './buffer-pool.ts';
import { openPicture } from './picture-bytes.ts';
import { LARGEST_READ } from './read-buffers.ts';

/** The base64 of one full read of a file, and room for the text around it. */
const WINDOW = (LARGEST_READ / 3) * 4 + 1024;

/** Requests that have a window from the pool at the same time; those beyond get a fresh one. */
const MOST_WINDOWS = 64;

/** Bytes of a picture that are encoded at once: its base64 of 64 KiB stays a small string for V8. */
const SLICE = 48 * 1024;

const windows = new BufferPool(MOST_WINDOWS * WINDOW, WINDOW);

/**
 * One sending of a body.
 *
 * It is written chunk by chunk into one window that is filled again and again: whole bodies would cost more memory while
 * answers are waited for, and no less processor time. That the buffer is free again is known from the socket: a chunk of
 * its high-water mark or more makes undici wait until the system has taken all of it, before it asks for the next. A
 * smaller chunk, which a socket only queues, is never a part of a buffer that is used again.
 *
 * The buffer goes back to the pool when the server has answered to the end with a success, and everything was written;
 * in any other case it is dropped, for a socket that was given up may still hold it.
 */
export class OpenPictureBody implements OpenBody {
  readonly #texts: readonly Buffer[];
  readonly #pictures: readonly Picture[];
  readonly #contentLength: number;
  #buffer: Buffer | undefined;
  #filled = 0;
  #written = false;

  constructor(init: {
    readonly texts: readonly Buffer[];
    readonly pictures: readonly Picture[];
    readonly contentLength: number;
  }) {
    this.#texts = init.texts;
    this.#pictures = init.pictures;
    this.#contentLength = init.contentLength;
  }

  get chunks(): AsyncIterable<Uint8Array> {
    return { [Symbol.asyncIterator]: () => this.#chunks() };
  }

  release(normally: boolean): void {
    const buffer = this.#buffer;
    this.#buffer = undefined;
    if (buffer === undefined) return;
    if (normally && this.#written) windows.giveBack(buffer);
    else windows.drop(buffer);
  }

  async *#chunks(): AsyncGenerator<Uint8Array, void, undefined> {
    const buffer = this.#takeBuffer();
    for (const [index, text] of this.#texts.entries()) {
      for (let at = 0; at < text.length; ) {
        if (this.#filled === buffer.length) yield this.#flush(buffer);
        const copied = text.copy(buffer, this.#filled, at);
        this.#filled += copied;
        at += copied;
      }
      const picture = this.#pictures[index];
      if (picture === undefined) continue;
      await using bytes = await openPicture(picture);
      while (bytes.left > 0) {
        // Whole groups of three bytes, so that the pieces together are the base64 of the whole.
        const room = Math.floor((buffer.length - this.#filled) / 4) * 3;
        if (room < Math.min(bytes.left, SLICE)) yield this.#flush(buffer);
        else await bytes.take(room, (piece) => this.#encode(piece, buffer));
      }
    }
    yield this.#last(buffer);
    this.#written = true;
  }

  #encode(piece: Buffer, buffer: Buffer): void {
    for (let at = 0; at < piece.length; at += SLICE) {
      this.#filled += buffer.write(piece.toString('base64', at, at + SLICE), this.#filled, 'latin1');
    }
  }

  #takeBuffer(): Buffer {
    const length = this.#contentLength;
    if (length < SOCKET_HIGH_WATER_MARK) return Buffer.allocUnsafe(length);
    const pooled = windows.take(WINDOW);
    if (pooled === undefined) return Buffer.allocUnsafeSlow(WINDOW);
    this.#buffer = pooled;
    return pooled;
  }

  #flush(buffer: Buffer): Uint8Array {
    const chunk = buffer.subarray(0, this.#filled);
    this.#filled = 0;
    return chunk;
  }

  #last(buffer: Buffer): Uint8Array {
    const chunk = this.#flush(buffer);
    return this.#buffer !== undefined && chunk.length < SOCKET_HIGH_WATER_MARK ? Buffer.from(chunk) : chunk;
  }
}
