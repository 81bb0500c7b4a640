import { GetObjectCommand, HeadObjectCommand, NoSuchKey, NotFound, type S3Client } from '@aws-sdk/client-s3';
import { MANIFEST_NAME, type Manifest, parseManifest } from '../files/manifest.ts';
import { mapConcurrently } from '../files/map-concurrently.ts';
import type { PinnedFile } from './hub/model-pin.ts';

export interface SeededPlace {
  readonly s3: S3Client;
  readonly bucket: string;
  /** Ends with "/". */
  readonly prefix: string;
  readonly signal: AbortSignal;
}

/**
 * Whether a prefix holds everything that its manifest lists (by name and size; the instances check every byte), and
 * with `files` whether that is exactly those.
 */
export async function isSeeded(place: SeededPlace, files?: readonly PinnedFile[]): Promise<boolean> {
  const manifest = await readManifest(place);
  if (!manifest) return false;
  if (files && describe(manifest.files) !== describe(files)) return false;
  let whole = true;
  await mapConcurrently({
    items: manifest.files,
    limit: 8,
    signal: place.signal,
    work: async ({ path, size }) => {
      if ((await sizeOf(place, path)) !== size) whole = false;
    },
  });
  return whole;
}

function describe(files: readonly PinnedFile[]): string {
  return files
    .map(({ path, size, sha256 }) => `${path} ${size} ${sha256}`)
    .toSorted()
    .join('\n');
}

async function readManifest({ s3, bucket, prefix, signal }: SeededPlace): Promise<Manifest | undefined> {
  const Key = prefix + MANIFEST_NAME;
  try {
    const answer = await s3.send(new GetObjectCommand({ Bucket: bucket, Key }), { abortSignal: signal });
    return parseManifest((await answer.Body?.transformToString()) ?? '', `s3://${bucket}/${Key}`);
  } catch (error) {
    if (error instanceof NoSuchKey) return undefined;
    throw error;
  }
}

async function sizeOf(
  { s3, bucket, prefix, signal }: SeededPlace,
  path: string,
): Promise<number | undefined> {
  try {
    const Key = prefix + path;
    const head = await s3.send(new HeadObjectCommand({ Bucket: bucket, Key }), { abortSignal: signal });
    return head.ContentLength;
  } catch (error) {
    if (error instanceof NotFound) return undefined;
    throw error;
  }
}
