import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  NoSuchKey,
  NotFound,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { MANIFEST_NAME, type Manifest, type ManifestFile } from '../files/manifest.ts';
import { mapConcurrently } from '../files/map-concurrently.ts';
import { createManifest } from './create-manifest.ts';

export interface SeedOptions {
  readonly s3: S3Client;
  readonly bucket: string;
  /** Ends with "/". */
  readonly prefix: string;
  /** What it is, for people; stands in the manifest. */
  readonly name: string;
  /** Local folder with the files. */
  readonly folder: string;
  /** @default 64 MiB */
  readonly partBytes?: number;
  /** @default - never aborted */
  readonly signal?: AbortSignal;
  /** Called for each file that was sent; what the bucket had already is left out. */
  readonly onProgress?: (done: { readonly path: string; readonly bytes: number }) => void;
}

const FILES_AT_ONCE = 2;

/** Four of these are in memory for each file that is being sent. */
const UPLOAD_PART_BYTES = 16 * 1024 * 1024;

/** Metadata of each object: lets a seeder that runs again skip what is there. */
const HASH = 'sha256';

/**
 * Writes a folder to the bucket, and its manifest last: whoever sees the manifest sees everything. A manifest of other
 * files is taken away first, so that instances wait instead of refusing a mixture. Sends only what the bucket lacks.
 */
export async function seed(options: SeedOptions): Promise<Manifest> {
  const { s3, bucket } = options;
  const manifest = await createManifest(options);
  const text = `${JSON.stringify(manifest, null, 2)}\n`;
  const key = options.prefix + MANIFEST_NAME;
  const present = await presentManifest(options, key);
  if (present !== undefined && present !== text) {
    await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
  }
  await mapConcurrently({
    items: manifest.files,
    limit: FILES_AT_ONCE,
    signal: options.signal ?? new AbortController().signal,
    work: async (file, _index, signal) => {
      if (await isPresent(file, options)) return;
      await upload(file, options, signal);
      options.onProgress?.({ path: file.path, bytes: file.size });
    },
  });
  if (present !== text) {
    await s3.send(
      new PutObjectCommand({ Bucket: bucket, Key: key, Body: text, ContentType: 'application/json' }),
    );
  }
  return manifest;
}

async function upload(file: ManifestFile, options: SeedOptions, signal: AbortSignal): Promise<void> {
  const sending = new Upload({
    client: options.s3,
    partSize: UPLOAD_PART_BYTES,
    params: {
      Bucket: options.bucket,
      Key: options.prefix + file.path,
      Body: createReadStream(join(options.folder, file.path)),
      Metadata: { [HASH]: file.sha256 },
    },
  });
  const abort = () => void sending.abort();
  signal.addEventListener('abort', abort, { once: true });
  await sending.done();
  signal.removeEventListener('abort', abort);
}

async function isPresent(file: ManifestFile, options: SeedOptions): Promise<boolean> {
  try {
    const head = await options.s3.send(
      new HeadObjectCommand({ Bucket: options.bucket, Key: options.prefix + file.path }),
    );
    return head.ContentLength === file.size && head.Metadata?.[HASH] === file.sha256;
  } catch (error) {
    if (error instanceof NotFound) return false;
    throw error;
  }
}

async function presentManifest(options: SeedOptions, key: string): Promise<string | undefined> {
  try {
    const answer = await options.s3.send(new GetObjectCommand({ Bucket: options.bucket, Key: key }));
    return await answer.Body?.transformToString();
  } catch (error) {
    if (error instanceof NoSuchKey) return undefined;
    throw error;
  }
}
