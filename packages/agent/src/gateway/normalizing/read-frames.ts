import { HEAD_BYTES } from './picture-job.ts';

/** A head, and as many bytes as it says. */
export interface Frame {
  readonly head: Buffer;
  readonly bytes: Buffer;
}

/**
 * The frames of a stream, whole.
 * @param mostBytes of one frame
 * @throws RangeError for a frame that declares more; nothing of it is kept
 */
export async function* readFrames(stream: AsyncIterable<Buffer>, mostBytes: number): AsyncGenerator<Frame> {
  const head = Buffer.alloc(HEAD_BYTES);
  let headFilled = 0;
  let bytes: Buffer | undefined;
  let filled = 0;
  for await (const chunk of stream) {
    for (let at = 0; at < chunk.length; ) {
      if (bytes === undefined) {
        const copied = chunk.copy(head, headFilled, at);
        at += copied;
        headFilled += copied;
        if (headFilled < HEAD_BYTES) continue;
        const length = head.readUInt32BE(0);
        if (length > mostBytes) {
          throw new RangeError(`a frame of ${length} bytes, at most ${mostBytes} are expected`);
        }
        bytes = Buffer.allocUnsafeSlow(length);
        filled = 0;
      }
      const copied = chunk.copy(bytes, filled, at);
      at += copied;
      filled += copied;
      if (filled < bytes.length) continue;
      yield { head: Buffer.from(head), bytes };
      bytes = undefined;
      headFilled = 0;
    }
  }
}
