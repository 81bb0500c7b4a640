import { createHash } from 'node:crypto';
import { read } from 'node:fs';
import { promisify } from 'node:util';
import type { ByteRange } from './orders.ts';

const readBytes = promisify(read);

/** Large reads: hashing at 2 GB/s should not wait for the event loop. */
const CHUNK_BYTES = 1024 * 1024;

/**
 * SHA-256 of bytes that a file holds, in lower-case hexadecimal; of what is there where the file ends before them.
 * @throws the signal's reason when it aborts
 */
export async function hashRange(fd: number, { start, end }: ByteRange, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  const memory = Buffer.allocUnsafeSlow(Math.min(CHUNK_BYTES, end - start + 1));
  for (let position = start; position <= end; ) {
    signal.throwIfAborted();
    const length = Math.min(memory.length, end - position + 1);
    const { bytesRead } = await readBytes(fd, memory, 0, length, position);
    if (bytesRead === 0) break;
    hash.update(memory.subarray(0, bytesRead));
    position += bytesRead;
  }
  return hash.digest('hex');
}
