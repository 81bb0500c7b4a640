import { InvalidRequestError } from '../errors/errors.ts';
import { readStream, tooLong } from './read-stream.ts';

/** Bytes of what may be a picture, with a name for messages. */
export interface NamedBytes {
  readonly bytes: Uint8Array;
  readonly name: string;
}

/**
 * The bytes of what holds them itself: bytes, a `Blob`, a stream.
 * @throws InvalidRequestError when it holds more than `maxBytes`, or none.
 */
export async function collectBytes(input: unknown, maxBytes: number): Promise<NamedBytes> {
  if (input instanceof Uint8Array) return { bytes: input, name: 'the given bytes' };
  if (input instanceof ArrayBuffer) return { bytes: new Uint8Array(input), name: 'the given bytes' };
  if (input instanceof Blob) {
    const name = input instanceof File && input.name !== '' ? input.name : 'the given blob';
    if (input.size > maxBytes) throw tooLong(name, maxBytes);
    return { bytes: new Uint8Array(await input.arrayBuffer()), name };
  }
  if (isAsyncIterable(input)) {
    const name = 'the given stream';
    return { bytes: await readStream(input, name, maxBytes), name };
  }
  throw new InvalidRequestError(
    `a picture must be bytes, a Blob, a stream, a path or a URL, got ${input === null ? 'null' : typeof input}`,
  );
}

function isAsyncIterable(input: unknown): input is AsyncIterable<unknown> {
  return typeof input === 'object' && input !== null && Symbol.asyncIterator in input;
}
