import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, type FileHandle, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { FileMismatchError } from './file-mismatch-error.ts';
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

/**
 * Brings one file into the folder, part by part, each hashed while it is written. It appears under its name only when
 * all of it is right. Returns false when it was there already.
 * @throws FileMismatchError for a part, a size or a whole that differs.
 */
export async function fetchFile(file: ManifestFile, options: FetchOptions): Promise<boolean> {
  const target = join(options.folder, file.path);
  if (await isRight(target, file)) return false;
  await mkdir(dirname(target), { recursive: true });
  const partial = `${target}.partial`;
  const handle = await open(partial, 'w');
  try {
    await mapConcurrently(file.parts, PARTS_AT_ONCE, (sha256, index) =>
      fetchPart({ file, sha256, index, handle, options }),
    );
    await handle.truncate(file.size);
    await handle.sync();
  } catch (error) {
    await rm(partial, { force: true });
    throw explainDisk(error, file);
  } finally {
    await handle.close();
  }
  const got = await hashFile(partial);
  if (got !== file.sha256) {
    await rm(partial, { force: true });
    throw new FileMismatchError({ path: file.path, what: 'SHA-256', expected: file.sha256, got });
  }
  if (file.executable) await chmod(partial, 0o755);
  await rename(partial, target);
  return true;
}

async function fetchPart(part: {
  readonly file: ManifestFile;
  readonly sha256: string;
  readonly index: number;
  readonly handle: FileHandle;
  readonly options: FetchOptions;
}): Promise<void> {
  const { file, index, handle, options } = part;
  const start = index * options.partBytes;
  const end = Math.min(start + options.partBytes, file.size) - 1;
  const where = { path: file.path, part: index + 1, parts: file.parts.length, range: { start, end } };
  const answer = await options.s3.send(
    new GetObjectCommand({
      Bucket: options.bucket,
      Key: options.prefix + file.path,
      Range: `bytes=${start}-${end}`,
    }),
    { abortSignal: options.signal },
  );
  const hash = createHash('sha256');
  let position = start;
  if (!(answer.Body instanceof Readable)) throw new Error(`S3 gave no body for ${file.path}`);
  for await (const chunk of answer.Body) {
    const bytes: Buffer = chunk;
    if (position + bytes.length > end + 1) {
      throw new FileMismatchError({
        ...where,
        what: 'size',
        expected: `${end - start + 1} bytes`,
        got: 'more',
      });
    }
    hash.update(bytes);
    await handle.write(bytes, 0, bytes.length, position);
    position += bytes.length;
  }
  if (position !== end + 1) {
    const got = `${position - start} bytes`;
    throw new FileMismatchError({ ...where, what: 'size', expected: `${end - start + 1} bytes`, got });
  }
  const got = hash.digest('hex');
  if (got !== part.sha256)
    throw new FileMismatchError({ ...where, what: 'SHA-256', expected: part.sha256, got });
}

/** A file of an earlier start need not be fetched again, if it is still the right one. */
async function isRight(target: string, file: ManifestFile): Promise<boolean> {
  try {
    const { size } = await stat(target);
    return size === file.size && (await hashFile(target)) === file.sha256;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
  }
}

export async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) hash.update(chunk);
  return hash.digest('hex');
}

function explainDisk(error: unknown, file: ManifestFile): unknown {
  if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) return error;
  return new Error(`the disk is full: ${file.path} needs ${file.size} bytes`, { cause: error });
}
