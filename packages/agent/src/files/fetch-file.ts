import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { S3Client } from '@aws-sdk/client-s3';
import { DiskError, explainDisk, requireSpace } from './disk-error.ts';
import { fetchPart } from './fetch-part.ts';
import type { ManifestFile } from './manifest.ts';
import { mapConcurrently } from './map-concurrently.ts';
import type { ByteRange } from './transfer/orders.ts';
import type { PartPace } from './transfer/part-pace.ts';
import type { PartWorkers } from './transfer/part-workers.ts';
import type { TransferLimits } from './transfer/transfer-limits.ts';

export interface FetchOptions {
  readonly s3: S3Client;
  readonly bucket: string;
  readonly prefix: string;
  readonly folder: string;
  readonly partBytes: number;
  readonly workers: PartWorkers;
  readonly pace: PartPace;
  readonly limits: TransferLimits;
  readonly signal: AbortSignal;
}

/** Enough to fill a 10 Gbit/s link with S3's roughly 90 MB/s a connection. */
const PARTS_AT_ONCE = 12;

const MODE = { executable: 0o755, plain: 0o644 } as const;

const STAT_BLOCK_BYTES = 512;

/** What a file is called while it is not known to be right. */
export const PARTIAL = '.partial';

/**
 * Makes the folder hold one file. Under its name it is only what has been found to be right in this very call: what lay
 * there, and what an earlier call that was killed has left, is looked through part by part, and only parts that differ
 * are fetched. Every byte of a file is in one of its parts, whose hashes are its own.
 * @returns false when nothing had to be fetched
 * @throws FileMismatchError for a part or a size that differs; DiskError when it does not fit.
 */
export async function fetchFile(file: ManifestFile, options: FetchOptions): Promise<boolean> {
  const target = join(options.folder, file.path);
  const partial = target + PARTIAL;
  await mkdir(dirname(target), { recursive: true });
  const wasThere = await moveAway(target, partial);
  try {
    const fetched = await fillPartial(partial, file, options);
    await rename(partial, target);
    return fetched > 0 || !wasThere;
  } catch (error) {
    const explained = explainDisk(error, file);
    // What is right of it is kept for the next start, but not where the disk is needed for saying why it failed.
    if (explained instanceof DiskError) await rm(partial, { force: true });
    throw explained;
  }
}

/** @returns how many parts were fetched */
async function fillPartial(partial: string, file: ManifestFile, options: FetchOptions): Promise<number> {
  // Not through a link: what is written is to be in the folder.
  const flags = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW;
  const handle: FileHandle = await open(partial, flags, MODE.plain);
  let fetched = 0;
  try {
    const { size, blocks } = await handle.stat();
    if (size > file.size) await handle.truncate(file.size);
    await requireSpace(dirname(partial), file, blocks * STAT_BLOCK_BYTES);
    await mapConcurrently({
      items: file.parts,
      limit: PARTS_AT_ONCE,
      signal: options.signal,
      work: async (sha256, index, signal) => {
        const part = {
          ...options,
          key: options.prefix + file.path,
          file,
          index,
          sha256,
          fd: handle.fd,
          signal,
        };
        const range = rangeOf(file, index, options.partBytes);
        if (range.end < size && (await isRight({ ...part, range }))) return;
        await fetchPart({ ...part, range });
        fetched++;
      },
    });
    // Not flushed to the disk: whatever a crash of the machine loses, the next start finds missing.
    await handle.chmod(file.executable ? MODE.executable : MODE.plain);
  } finally {
    await handle.close();
  }
  return fetched;
}

async function isRight(part: {
  readonly workers: PartWorkers;
  readonly fd: number;
  readonly range: ByteRange;
  readonly sha256: string;
  readonly signal: AbortSignal;
}): Promise<boolean> {
  const { fd, range } = part;
  const outcome = await part.workers.run({ kind: 'hash', fd, range }, part.signal);
  if (outcome.kind === 'failed') throw Object.assign(new Error(outcome.message), { code: outcome.code });
  return outcome.kind === 'hashed' && outcome.sha256 === part.sha256;
}

/** @returns whether there was one */
async function moveAway(target: string, partial: string): Promise<boolean> {
  try {
    await rename(target, partial);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
  }
}

function rangeOf(file: ManifestFile, index: number, partBytes: number): ByteRange {
  const start = index * partBytes;
  return { start, end: Math.min(start + partBytes, file.size) - 1 };
}
