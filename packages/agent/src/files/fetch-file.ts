import { chmod, type FileHandle, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { S3Client } from '@aws-sdk/client-s3';
import { explainDisk, requireSpace } from './disk-error.ts';
import { fetchPart } from './fetch-part.ts';
import { FileMismatchError } from './file-mismatch-error.ts';
import { hashFile } from './hash-file.ts';
import type { ManifestFile } from './manifest.ts';
import { mapConcurrently } from './map-concurrently.ts';

export interface FetchOptions {
  readonly s3: S3Client;
  readonly bucket: string;
  readonly prefix: string;
  readonly folder: string;
  readonly partBytes: number;
  readonly signal: AbortSignal;
}

/** Enough to fill a 10 Gbit/s link with S3's roughly 90 MB/s a connection. */
const PARTS_AT_ONCE = 12;

const MODE = { executable: 0o755, plain: 0o644 } as const;

/**
 * Brings one file into the folder, part by part, each hashed while it is written. It appears under its name only when
 * all of it is right. Returns false when it was there already.
 * @throws FileMismatchError for a part, a size or a whole that differs; DiskError when it does not fit.
 */
export async function fetchFile(file: ManifestFile, options: FetchOptions): Promise<boolean> {
  const target = join(options.folder, file.path);
  const mode = file.executable ? MODE.executable : MODE.plain;
  if (await isRight(target, file, options.signal)) {
    await chmod(target, mode);
    return false;
  }
  await mkdir(dirname(target), { recursive: true });
  await requireSpace(dirname(target), file);
  const partial = `${target}.partial`;
  try {
    await writeParts(partial, file, options);
    const got = await hashFile(partial, options.signal);
    if (got !== file.sha256) {
      throw new FileMismatchError({ path: file.path, what: 'SHA-256', expected: file.sha256, got });
    }
    await chmod(partial, mode);
    await rename(partial, target);
    return true;
  } catch (error) {
    await rm(partial, { force: true });
    throw explainDisk(error, file);
  }
}

async function writeParts(partial: string, file: ManifestFile, options: FetchOptions): Promise<void> {
  const { s3, bucket, partBytes } = options;
  const key = options.prefix + file.path;
  const handle: FileHandle = await open(partial, 'w');
  try {
    await mapConcurrently({
      items: file.parts,
      limit: PARTS_AT_ONCE,
      signal: options.signal,
      work: (sha256, index, signal) =>
        fetchPart({ s3, bucket, key, file, partBytes, sha256, index, handle, signal }),
    });
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** A file of an earlier start need not be fetched again, if it is still the right one. */
async function isRight(target: string, file: ManifestFile, signal: AbortSignal): Promise<boolean> {
  try {
    const { size } = await stat(target);
    return size === file.size && (await hashFile(target, signal)) === file.sha256;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
  }
}
