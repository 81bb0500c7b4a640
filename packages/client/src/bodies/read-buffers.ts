/** Bytes read from a file at once: a multiple of three, so that the base64 of the pieces joins without padding. */
export const LARGEST_READ: number = 4 * 48 * 1024;

/** As many as Node reads files at the same time by default; more would only wait with their memory taken. */
const MOST_READERS = 4;

const free: Buffer[] = [];
const waiting: ((buffer: Buffer) => void)[] = [];
let made = 0;

/** A buffer to read a file into, for as long as no socket is waited for; others wait for it. */
export function borrowReadBuffer(): Buffer | Promise<Buffer> {
  const ready = free.pop();
  if (ready) return ready;
  if (made < MOST_READERS) {
    made++;
    // One byte more shows whether a file has grown.
    return Buffer.allocUnsafeSlow(LARGEST_READ + 1);
  }
  return new Promise((resolve) => waiting.push(resolve));
}

export function returnReadBuffer(buffer: Buffer): void {
  const next = waiting.shift();
  if (next) next(buffer);
  else free.push(buffer);
}
