import { open } from 'node:fs/promises';
import { InvalidRequestError } from '../errors/errors.ts';
import type { Picture } from '../images/picture.ts';
import { BufferPool } from './buffer-pool.ts';

/** Bytes read from a file at once: a multiple of three, so that the base64 of the pieces joins without padding. */
const READ = 384 * 1024;

const reads = new BufferPool(16 * READ, READ);

/**
 * The bytes of a picture, in pieces of a multiple of three bytes but for the last. A piece is only valid until the next
 * one is asked for.
 * @throws InvalidRequestError when a file cannot be read, or is no longer as long as it was.
 */
export async function* readPicture({ source, name }: Picture): AsyncGenerator<Buffer, void, undefined> {
  if (source.kind === 'url') throw new Error(`${name} has no bytes here`);
  if (source.kind === 'bytes') {
    const { bytes } = source;
    yield Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return;
  }
  await using file = await open(source.path).catch(unreadable);
  const { size } = await file.stat().catch(unreadable);
  if (size !== source.byteLength) throw changed(source, size);
  const pooled = reads.take(READ);
  const buffer = pooled ?? Buffer.allocUnsafeSlow(READ);
  try {
    for (let position = 0; position < size; ) {
      const wanted = Math.min(buffer.length, size - position);
      for (let filled = 0; filled < wanted; ) {
        const { bytesRead } = await file
          .read(buffer, filled, wanted - filled, position + filled)
          .catch(unreadable);
        if (bytesRead === 0) throw changed(source, position + filled);
        filled += bytesRead;
      }
      position += wanted;
      yield buffer.subarray(0, wanted);
    }
  } finally {
    if (pooled) reads.giveBack(pooled);
  }
}

function unreadable(error: Error): never {
  throw new InvalidRequestError(`a picture cannot be read: ${error.message}`, { cause: error });
}

function changed(source: { readonly path: string; readonly byteLength: number }, got: number): Error {
  return new InvalidRequestError(
    `${source.path} changed: it had ${source.byteLength} bytes when the picture was made, and ${got} when it was sent`,
  );
}
