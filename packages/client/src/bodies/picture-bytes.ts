import { InvalidRequestError } from '../errors/errors.ts';
import { OpenFile } from '../files/open-file.ts';
import type { Picture } from '../images/picture.ts';
import { borrowReadBuffer, LARGEST_READ, returnReadBuffer } from './read-buffers.ts';

/** The bytes of a picture, piece after piece. */
export interface PictureBytes extends AsyncDisposable {
  /** Bytes that have not been taken. */
  readonly left: number;
  /** Hands the next bytes, at most so many, to a function that is done with them when it returns. */
  take(most: number, use: (bytes: Buffer) => void): Promise<void> | void;
}

/** @throws InvalidRequestError when a file cannot be read, or is no longer as long as it was; `take` throws it too. */
export async function openPicture({ source, name }: Picture): Promise<PictureBytes> {
  if (source.kind === 'url') throw new Error(`${name} has no bytes here`);
  if (source.kind === 'bytes') return new MemoryBytes(source.bytes);
  const file = await OpenFile.open(source.path).catch(unreadable);
  return new FileBytes(file, source);
}

class MemoryBytes implements PictureBytes {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  take(most: number, use: (bytes: Buffer) => void): void {
    const end = Math.min(this.#at + most, this.#bytes.length);
    use(this.#bytes.subarray(this.#at, end));
    this.#at = end;
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

class FileBytes implements PictureBytes {
  readonly #file: OpenFile;
  readonly #source: { readonly path: string; readonly byteLength: number };
  #at = 0;

  constructor(file: OpenFile, source: { readonly path: string; readonly byteLength: number }) {
    this.#file = file;
    this.#source = source;
  }

  get left(): number {
    return this.#source.byteLength - this.#at;
  }

  async take(most: number, use: (bytes: Buffer) => void): Promise<void> {
    const buffer = await borrowReadBuffer();
    try {
      const wanted = Math.min(most, LARGEST_READ, this.left);
      // With the last bytes one more is asked for: there is none unless the file has grown.
      const asked = wanted === this.left ? wanted + 1 : wanted;
      for (let filled = 0; filled < wanted; ) {
        const bytesRead = await this.#read(buffer, filled, asked - filled);
        if (bytesRead === 0) throw this.#changed(this.#at + filled);
        filled += bytesRead;
        if (filled > wanted) throw this.#changed(await this.#file.size().catch(unreadable));
      }
      this.#at += wanted;
      use(buffer.subarray(0, wanted));
    } finally {
      returnReadBuffer(buffer);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file[Symbol.asyncDispose]();
  }

  async #read(buffer: Buffer, offset: number, length: number): Promise<number> {
    try {
      return await this.#file.read(buffer, offset, length, this.#at + offset);
    } catch (error) {
      return unreadable(error as Error);
    }
  }

  #changed(got: number): InvalidRequestError {
    const { path, byteLength } = this.#source;
    return new InvalidRequestError(
      `${path} changed: it had ${byteLength} bytes when the picture was made, and ${got} when it was sent`,
    );
  }
}

function unreadable(error: Error): never {
  throw new InvalidRequestError(`a picture cannot be read: ${error.message}`, { cause: error });
}
