import { type FetchLimits, PictureFetchError } from './picture-source.ts';

/** A body of no more bytes than allowed; one that declares more is not begun. @throws PictureFetchError */
export async function readAtMost(
  body: AsyncIterable<Uint8Array>,
  declared: number,
  { maxBytes, signal }: FetchLimits,
): Promise<Buffer> {
  const tooLarge = () => new PictureFetchError(`it has more than ${maxBytes} bytes`);
  if (declared > maxBytes) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of body) {
      length += chunk.length;
      if (length > maxBytes) throw tooLarge();
      chunks.push(chunk);
    }
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof PictureFetchError) throw error;
    throw new PictureFetchError('the connection broke before all of it had come');
  }
  return Buffer.concat(chunks, length);
}
