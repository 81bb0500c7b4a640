import { mkdir, readdir, unlink } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { GetObjectCommand, NoSuchKey, type S3Client } from '@aws-sdk/client-s3';
import { fetchFile, PARTIAL } from './fetch-file.ts';
import { MANIFEST_NAME, type Manifest, parseManifest } from './manifest.ts';
import { mapConcurrently } from './map-concurrently.ts';
import { PartPace } from './transfer/part-pace.ts';
import type { PartWorkers } from './transfer/part-workers.ts';
import { TRANSFER_LIMITS, type TransferLimits } from './transfer/transfer-limits.ts';

export interface SyncOptions {
  readonly s3: S3Client;
  readonly bucket: string;
  readonly prefix: string;
  readonly folder: string;
  /** How long to wait for a manifest that is not there yet: the seeder may still be writing. */
  readonly timeoutMs: number;
  /** Where parts are received and hashed. */
  readonly workers: PartWorkers;
  /** @default TRANSFER_LIMITS */
  readonly limits?: TransferLimits;
  readonly signal: AbortSignal;
  readonly onWaiting: (url: string) => void;
}

export interface SyncResult {
  readonly manifest: Manifest;
  readonly bytes: number;
  /** Files that were there already and right. */
  readonly reused: number;
}

const POLL_MS = 500;

/** Two folders at a time, two files each, twelve parts each: 48 connections. */
const FILES_AT_ONCE = 2;

/** Makes the folder hold exactly what the manifest of the prefix says: what else lies there is removed. */
export async function syncFolder(options: SyncOptions): Promise<SyncResult> {
  const { folder, limits = TRANSFER_LIMITS } = options;
  const manifest = await waitForManifest(options);
  await mkdir(folder, { recursive: true });
  await removeOthers(folder, manifest);
  const pace = new PartPace(limits.slowMs);
  let reused = 0;
  await mapConcurrently({
    items: manifest.files,
    limit: FILES_AT_ONCE,
    signal: options.signal,
    work: async (file, _index, signal) => {
      const { partBytes } = manifest;
      const fetched = await fetchFile(file, { ...options, limits, pace, partBytes, signal });
      if (!fetched) reused++;
    },
  });
  return { manifest, bytes: manifest.files.reduce((sum, file) => sum + file.size, 0), reused };
}

/** Weights of an earlier revision would be loaded together with the new ones: vLLM takes every *.safetensors. */
async function removeOthers(folder: string, manifest: Manifest): Promise<void> {
  // With what a start that was killed has left of them: the right parts of it are not fetched again.
  const listed = new Set(manifest.files.flatMap(({ path }) => [path, path + PARTIAL]));
  await clear('');

  // One folder at a time: a recursive listing would follow links out of the folder.
  async function clear(below: string): Promise<void> {
    for (const entry of await readdir(join(folder, below), { withFileTypes: true })) {
      const path = posix.join(below, entry.name);
      if (entry.isDirectory()) await clear(path);
      else if (!entry.isFile() || !listed.has(path)) await unlink(join(folder, path));
    }
  }
}

async function waitForManifest(options: SyncOptions): Promise<Manifest> {
  const key = options.prefix + MANIFEST_NAME;
  const url = `s3://${options.bucket}/${key}`;
  const deadline = performance.now() + options.timeoutMs;
  for (let waited = false; ; waited = true) {
    try {
      const answer = await options.s3.send(new GetObjectCommand({ Bucket: options.bucket, Key: key }), {
        abortSignal: options.signal,
      });
      return parseManifest((await answer.Body?.transformToString()) ?? '', url);
    } catch (error) {
      if (!(error instanceof NoSuchKey)) throw error;
    }
    if (performance.now() > deadline) {
      throw new Error(
        `${url} did not appear within ${options.timeoutMs / 1_000} s: has the seeder run, and for this prefix?`,
      );
    }
    if (!waited) options.onWaiting(url);
    await sleep(POLL_MS, undefined, { signal: options.signal });
  }
}
