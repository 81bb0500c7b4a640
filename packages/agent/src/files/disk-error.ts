import { statfs } from 'node:fs/promises';

const GIB = 1024 ** 3;

/** A file cannot be written here. Trying again does not help; another disk does. */
export class DiskError extends Error {
  override readonly name = 'DiskError' as const;
}

/**
 * @param heldBytes that an earlier start has left of it
 * @throws DiskError when a file of this size does not fit into what is free: better told before 14 GB were fetched.
 */
export async function requireSpace(
  folder: string,
  file: { readonly path: string; readonly size: number },
  heldBytes = 0,
): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize < file.size - heldBytes) throw diskFull(file, bavail * bsize);
}

/** What a failed write means for the one who reads the log. */
export function explainDisk(error: unknown, file: { readonly path: string; readonly size: number }): unknown {
  if (!(error instanceof Error && 'code' in error)) return error;
  if (error.code === 'ENOSPC' || error.code === 'EDQUOT') return diskFull(file, undefined, error);
  if (error.code === 'EIO' || error.code === 'EROFS') {
    return new DiskError(`${file.path} cannot be written: ${error.message}`, { cause: error });
  }
  return error;
}

function diskFull(
  file: { readonly path: string; readonly size: number },
  freeBytes: number | undefined,
  cause?: unknown,
): DiskError {
  const free = freeBytes === undefined ? '' : `, ${(freeBytes / GIB).toFixed(1)} GiB are free`;
  return new DiskError(
    `the disk is full: ${file.path} needs ${file.size} bytes (${(file.size / GIB).toFixed(1)} GiB)${free}`,
    { cause },
  );
}
