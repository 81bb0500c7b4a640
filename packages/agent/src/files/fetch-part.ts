import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { GetObjectCommand, type S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { DiskError } from './disk-error.ts';
import { FileMismatchError } from './file-mismatch-error.ts';
import type { ManifestFile } from './manifest.ts';
import { writeAll } from './write-all.ts';

export interface PartOptions {
  readonly s3: S3Client;
  readonly bucket: string;
  readonly key: string;
  readonly file: ManifestFile;
  readonly partBytes: number;
  /** Of the part, counted from 0. */
  readonly index: number;
  readonly sha256: string;
  readonly handle: FileHandle;
  readonly signal: AbortSignal;
}

/** The SDK repeats requests that fail; a connection that breaks within a body is for its reader to repeat. */
const ATTEMPTS = 4;
const FIRST_PAUSE_MS = 200;

/**
 * Writes one part of a file to its place, hashed on the way; begins again when the connection breaks.
 * @throws FileMismatchError when what the bucket holds is not what the manifest says; DiskError; Error otherwise.
 */
export async function fetchPart(options: PartOptions): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await readPart(options);
    } catch (error) {
      options.signal.throwIfAborted();
      if (isFinal(error)) throw error;
      const { part, parts, range } = locate(options);
      if (attempt === ATTEMPTS) {
        const reason = error instanceof Error ? error.message : String(error);
        throw new Error(
          `${options.file.path}, part ${part} of ${parts} (bytes ${range.start}-${range.end}) could not be read in ${ATTEMPTS} attempts: ${reason}`,
          { cause: error },
        );
      }
      await sleep(FIRST_PAUSE_MS * 2 ** (attempt - 1), undefined, { signal: options.signal });
    }
  }
}

async function readPart(options: PartOptions): Promise<void> {
  const { file, handle } = options;
  const where = locate(options);
  const { start, end } = where.range;
  const expected = `${end - start + 1} bytes`;
  const body = await openPart(options);
  const hash = createHash('sha256');
  let position = start;
  for await (const chunk of body) {
    const bytes: Buffer = chunk;
    if (position + bytes.length > end + 1) {
      throw new FileMismatchError({ ...where, what: 'size', expected, got: 'more' });
    }
    hash.update(bytes);
    await writeAll({ handle, bytes, position, file });
    position += bytes.length;
  }
  if (position !== end + 1) {
    throw new FileMismatchError({ ...where, what: 'size', expected, got: `${position - start} bytes` });
  }
  const got = hash.digest('hex');
  if (got !== options.sha256) {
    throw new FileMismatchError({ ...where, what: 'SHA-256', expected: options.sha256, got });
  }
}

async function openPart(options: PartOptions): Promise<Readable> {
  const { s3, bucket, key, file } = options;
  const where = locate(options);
  const { start, end } = where.range;
  const size = { path: file.path, what: 'size', expected: `${file.size} bytes` } as const;
  try {
    const answer = await s3.send(
      new GetObjectCommand({ Bucket: bucket, Key: key, Range: `bytes=${start}-${end}` }),
      { abortSignal: options.signal },
    );
    // `bytes 0-9/123`: a longer object would otherwise pass, read only up to where it should end.
    const total = answer.ContentRange?.split('/')[1];
    if (total && total !== '*' && Number(total) !== file.size) {
      throw new FileMismatchError({ ...size, got: `${total} bytes` });
    }
    if (!(answer.Body instanceof Readable)) throw new Error(`S3 gave no body for ${file.path}`);
    return answer.Body;
  } catch (error) {
    if (!(error instanceof S3ServiceException)) throw error;
    if (error.name === 'NoSuchKey') {
      throw new FileMismatchError({ ...size, got: 'nothing: the bucket has no such object' });
    }
    if (error.name === 'InvalidRange')
      throw new FileMismatchError({ ...where, ...size, got: `at most ${start}` });
    throw error;
  }
}

function isFinal(error: unknown): boolean {
  return (
    error instanceof FileMismatchError ||
    error instanceof DiskError ||
    // Answered, and asked again by the SDK where that makes sense.
    error instanceof S3ServiceException
  );
}

function locate({ file, index, partBytes }: PartOptions) {
  const start = index * partBytes;
  const end = Math.min(start + partBytes, file.size) - 1;
  return { path: file.path, part: index + 1, parts: file.parts.length, range: { start, end } };
}
