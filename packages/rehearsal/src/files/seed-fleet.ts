import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { S3Client } from '@aws-sdk/client-s3';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { createManifest, type InstanceConfig, modelPrefixes, seed } from '@pixtral-fleet/agent';
import type { RehearsalEngine } from '../engine/index.ts';
import type { Mutant } from '../run/options.ts';

export interface SeedFleetOptions {
  readonly s3: S3Client;
  readonly config: InstanceConfig;
  readonly staging: string;
  readonly engine: RehearsalEngine;
  readonly mutant: Mutant | undefined;
  readonly signal: AbortSignal;
}

/** Puts model and runtime with their manifests where the instances' config says, the same model for every type; returns the bytes written. */
export async function seedFleet(options: SeedFleetOptions): Promise<number> {
  const { s3, config, engine, signal } = options;
  const { model, runtime } = await engine.files(options.staging);
  const common = { s3, bucket: config.bucket, signal };
  // Side by side, as an instance fetches them: what is damaged about the small one is told while the large one is sent.
  const seedModel = options.mutant === 'corrupt-file' ? seedDamaged : seed;
  await Promise.all([
    ...modelPrefixes(config).map((prefix) => seedModel({ ...common, ...model, prefix })),
    seed({ ...common, ...runtime, prefix: config.runtimePrefix }),
  ]);
  return (await folderBytes(model.folder)) + (await folderBytes(runtime.folder));
}

/**
 * Seeds the model as `seed` does, but with a bit of the weights turned over after the manifest was made: what a damaged
 * upload leaves in a bucket.
 */
async function seedDamaged(options: {
  readonly s3: S3Client;
  readonly bucket: string;
  readonly prefix: string;
  readonly name: string;
  readonly folder: string;
  readonly partBytes: number;
}): Promise<void> {
  const manifest = await createManifest(options);
  const put = (path: string, Body: string | Uint8Array) =>
    options.s3.send(new PutObjectCommand({ Bucket: options.bucket, Key: options.prefix + path, Body }));
  for (const { path, size } of manifest.files) {
    const content = await readFile(join(options.folder, path));
    const position = Math.floor(options.partBytes * 1.5);
    if (size > position) content.writeUInt8(content.readUInt8(position) ^ 1, position);
    await put(path, content);
  }
  await put('manifest.json', JSON.stringify(manifest));
}

async function folderBytes(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true });
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}
