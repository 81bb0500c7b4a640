import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';

/** Large reads: hashing at 2 GB/s should not wait for the event loop. */
const CHUNK_BYTES = 1024 * 1024;

/** SHA-256 in lower-case hexadecimal. */
export async function hashFile(path: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_BYTES, signal }))
    hash.update(chunk);
  return hash.digest('hex');
}
