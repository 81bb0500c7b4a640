import { type FileHandle, mkdir, open, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DiskError, requireSpace } from '../../files/disk-error.ts';
import { hashFile } from '../../files/hash-file.ts';
import { mapConcurrently } from '../../files/map-concurrently.ts';
import { writeAll } from '../../files/write-all.ts';
import type { HubClient } from './hub-client.ts';
import { HubError } from './hub-error.ts';
import type { ModelPin, PinnedFile } from './model-pin.ts';

export interface DownloadOptions {
  readonly hub: HubClient;
  readonly repository: string;
  readonly pin: ModelPin;
  /** Appears with the files in it. */
  readonly folder: string;
  /** @default 64 MiB */
  readonly partBytes?: number;
  /** Ends the download. @default - the hub client's own */
  readonly signal?: AbortSignal;
  /** First pause after a broken connection. @default 1000 */
  readonly firstPauseMs?: number;
  readonly onFile?: (file: PinnedFile) => void;
}

const PART_BYTES = 64 * 1024 * 1024;

/** One connection to the hub's storage gives 50 to 100 MB/s; eight fill what a build has. */
const PARTS_AT_ONCE = 8;

/** Breaks in a row without a single byte between them. */
const FRUITLESS_ATTEMPTS = 5;

/**
 * Fetches the pinned files, each in ranges at the same time; a range whose connection breaks goes on where it ended. A
 * file has its name only when its hash is right.
 * @throws HubError for a wrong hash or a refusal; DiskError when it does not fit.
 */
export async function downloadModel(options: DownloadOptions): Promise<void> {
  const { pin, folder, hub, signal = hub.signal } = options;
  await mkdir(folder, { recursive: true });
  for (const file of pin.files) {
    const target = join(folder, file.path);
    await mkdir(dirname(target), { recursive: true });
    await requireSpace(folder, file);
    const partial = `${target}.partial`;
    await writeParts(partial, file, { ...options, signal });
    const got = await hashFile(partial, signal);
    if (got !== file.sha256) {
      throw new HubError(
        `${file.path} of ${options.repository} at ${pin.commit} is not what it should be: SHA-256 is ${got}, expected ${file.sha256}; nothing of it was put into the bucket`,
      );
    }
    await rename(partial, target);
    options.onFile?.(file);
  }
}

type Download = DownloadOptions & { readonly signal: AbortSignal };

async function writeParts(partial: string, file: PinnedFile, options: Download): Promise<void> {
  const { partBytes = PART_BYTES } = options;
  const starts = Array.from({ length: Math.ceil(file.size / partBytes) }, (_, index) => index * partBytes);
  const handle = await open(partial, 'w');
  try {
    await mapConcurrently({
      items: starts,
      limit: PARTS_AT_ONCE,
      signal: options.signal,
      work: (start, _index, signal) =>
        writePart(
          handle,
          { file, start, end: Math.min(start + partBytes, file.size) - 1 },
          { ...options, signal },
        ),
    });
  } finally {
    await handle.close();
  }
}

async function writePart(
  handle: FileHandle,
  part: { readonly file: PinnedFile; readonly start: number; readonly end: number },
  options: Download,
): Promise<void> {
  const { hub, repository, pin, signal, firstPauseMs = 1_000 } = options;
  const { file, end } = part;
  let position = part.start;
  for (let fruitless = 0; position <= end; ) {
    const before = position;
    try {
      const wanted = { repository, commit: pin.commit, path: file.path, size: file.size };
      for await (const chunk of hub.read(wanted, { start: position, end }, signal)) {
        await writeAll({ handle, bytes: chunk.subarray(0, end + 1 - position), position, file });
        position += chunk.length;
      }
      if (position <= end) throw new Error(`the connection ended after ${position - before} bytes`);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof HubError || error instanceof DiskError) throw error;
      fruitless = position > before ? 0 : fruitless + 1;
      if (fruitless === FRUITLESS_ATTEMPTS) {
        const reason = error instanceof Error ? error.message : String(error);
        throw new HubError(
          `${file.path} of ${repository} could not be read from byte ${position} in ${FRUITLESS_ATTEMPTS} attempts: ${reason}`,
          { cause: error },
        );
      }
      await sleep(firstPauseMs * 2 ** fruitless, undefined, { signal });
    }
  }
}
