import type { FileHandle } from 'node:fs/promises';
import { explainDisk } from './disk-error.ts';

/**
 * Writes bytes at a position. A write may take less than it was given, most of all where the disk ends.
 * @throws DiskError when the disk is full or cannot be written
 */
export async function writeAll(write: {
  readonly handle: FileHandle;
  readonly bytes: Uint8Array;
  readonly position: number;
  /** For the message; its size in bytes. */
  readonly file: { readonly path: string; readonly size: number };
}): Promise<void> {
  const { handle, bytes, position, file } = write;
  try {
    for (let written = 0; written < bytes.length; ) {
      written += (await handle.write(bytes, written, bytes.length - written, position + written))
        .bytesWritten;
    }
  } catch (error) {
    throw explainDisk(error, file);
  }
}
