import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { S3Client } from '@aws-sdk/client-s3';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { type InstanceConfig, seed } from '@pixtral-fleet/agent';
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
  await seed({ ...common, prefix: config.modelPrefix, name: config.servedModelName, folder: model });
  if (options.mutant === 'corrupt-file') await flipByte({ s3, config, model });
  return (await folderBytes(model)) + (await folderBytes(runtime));
}

/** Damages the stored weights after they were seeded, in the middle of their second part. */
async function flipByte(options: {
  readonly s3: S3Client;
  readonly config: InstanceConfig;
  readonly model: string;
}): Promise<void> {
  const name = (await readdir(options.model)).find((file) => file.endsWith('.safetensors'));
  if (!name) throw new Error(`no .safetensors file in ${options.model}`);
  const file = await open(join(options.model, name), 'r');
  const content = await file.readFile();
  await file.close();
  const position = Math.floor(PART_BYTES * 1.5);
  content[position] = (content[position] ?? 0) ^ 1;
  const Key = `${options.config.modelPrefix}${name}`;
  await options.s3.send(new PutObjectCommand({ Bucket: options.config.bucket, Key, Body: content }));
}

async function folderBytes(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true });
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}
