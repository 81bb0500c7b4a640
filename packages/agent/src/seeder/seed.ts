import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { GetObjectCommand, NoSuchKey, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { MANIFEST_NAME, type Manifest } from '../files/manifest.ts';
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
  readonly onProgress?: (done: { readonly path: string; readonly bytes: number }) => void;
}

const FILES_AT_ONCE = 2;

/**
 * Writes a folder to the bucket, and its manifest last: whoever sees the manifest sees everything. Writes nothing when
 * the bucket has the same already.
 */
export async function seed(options: SeedOptions): Promise<Manifest> {
  const manifest = await createManifest(options);
  const text = `${JSON.stringify(manifest, null, 2)}\n`;
  if ((await presentManifest(options)) === text) return manifest;
  await mapConcurrently(manifest.files, FILES_AT_ONCE, async (file) => {
    const body = createReadStream(join(options.folder, file.path));
    const params = { Bucket: options.bucket, Key: options.prefix + file.path, Body: body };
    await new Upload({ client: options.s3, params }).done();
    options.onProgress?.({ path: file.path, bytes: file.size });
  });
  await options.s3.send(
    new PutObjectCommand({
      Bucket: options.bucket,
      Key: options.prefix + MANIFEST_NAME,
      Body: text,
      ContentType: 'application/json',
    }),
  );
  return manifest;
}

async function presentManifest(options: SeedOptions): Promise<string | undefined> {
  const key = options.prefix + MANIFEST_NAME;
  try {
    const answer = await options.s3.send(new GetObjectCommand({ Bucket: options.bucket, Key: key }));
    const text = (await answer.Body?.transformToString()) ?? '';

    return text;
  } catch (error) {
    if (error instanceof NoSuchKey) return undefined;
    throw error;
  }
}
