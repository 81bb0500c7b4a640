import { InvalidRequestError } from '../errors/errors.ts';

/**
 * All bytes of a stream, which is closed when it is longer than `maxBytes`.
 * @throws InvalidRequestError when it is longer, or gives something else than bytes; whatever the stream itself throws.
 */
export async function readStream(
  stream: AsyncIterable<unknown>,
  name: string,
  maxBytes: number,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let total = 0;
  for await (const chunk of stream) {
    if (!(chunk instanceof Uint8Array)) {
      throw new InvalidRequestError(
        `${name} must give bytes (Uint8Array), got ${typeof chunk}: a text encoding was set, or it is in object mode`,
      );
    }
    total += chunk.byteLength;
    if (total > maxBytes) throw tooLong(name, maxBytes);
    chunks.push(chunk);
  }
  const [first] = chunks;
  return chunks.length === 1 && first ? first : Buffer.concat(chunks, total);
}

export function tooLong(name: string, maxBytes: number): InvalidRequestError {
  return new InvalidRequestError(
    `${name} has more than ${maxBytes} bytes; set maxBytes if that is wanted (a fleet takes 10485760 by default)`,
  );
}
