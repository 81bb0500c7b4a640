import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { S3Client } from '@aws-sdk/client-s3';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { createManifest, type InstanceConfig, seed } from '@pixtral-fleet/agent';
import { writeSimulatedModel } from '@pixtral-fleet/simulator';
import type { Mutant } from '../run/options.ts';
import { writeSimulatedRuntime } from './simulated-runtime.ts';

/** Parts this small make even a rehearsal's weights several parts long, as real ones are. */
const PART_BYTES = 8 * 1024 * 1024;
const WEIGHT_BYTES = 20 * 1024 * 1024;

export interface SeedFleetOptions {
  readonly s3: S3Client;
  readonly config: InstanceConfig;
  readonly staging: string;
  readonly behaviourFile: string;
  readonly mutant: Mutant | undefined;
}

/** Puts model and runtime with their manifests where the instances' config says; returns the bytes written. */
export async function seedFleet(options: SeedFleetOptions): Promise<number> {
  const { s3, config, staging } = options;
  const model = join(staging, 'model');
  const runtime = join(staging, 'runtime');
  await writeSimulatedModel(model, { bytes: WEIGHT_BYTES });
  await writeSimulatedRuntime(runtime, { behaviourFile: options.behaviourFile });
  const common = { s3, bucket: config.bucket, partBytes: PART_BYTES };
  await seed({ ...common, prefix: config.runtimePrefix, name: 'simulated-runtime', folder: runtime });
  const seedModel = options.mutant === 'corrupt-file' ? seedDamaged : seed;
  await seedModel({ ...common, prefix: config.modelPrefix, name: config.servedModelName, folder: model });
  return (await folderBytes(model)) + (await folderBytes(runtime));
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
