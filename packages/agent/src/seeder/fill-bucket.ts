import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { S3Client } from '@aws-sdk/client-s3';
import { mapConcurrently } from '../files/map-concurrently.ts';
import { buildRuntime } from './build-runtime.ts';
import { downloadModel } from './hub/download-model.ts';
import { HubClient } from './hub/hub-client.ts';
import { pinModel } from './hub/model-pin.ts';
import { isSeeded } from './is-seeded.ts';
import { findRuntimeRecipe } from './runtime-kinds.ts';
import { seed } from './seed.ts';
import type { PlannedModel, SeedPlan } from './seed-plan.ts';

export interface FillOptions {
  readonly plan: SeedPlan;
  /** Folder that the plan's paths are relative to. */
  readonly source: string;
  readonly s3: S3Client;
  readonly bucket: string;
  readonly hub: {
    readonly endpoint?: string;
    readonly token?: string | undefined;
    readonly tokenAdvice: string;
  };
  /** Folder with room for the largest checkpoint and 14 GB for building the runtime. */
  readonly workFolder: string;
  /** Python 3.12 that installs the runtime's packages. */
  readonly python: string;
  /** A runtime that was built elsewhere, seeded as it is. @default - it is built from the plan's lock file */
  readonly runtimeFolder?: string | undefined;
  /** @default 64 MiB */
  readonly partBytes?: number | undefined;
  readonly signal: AbortSignal;
  readonly onProgress: (note: string) => void;
}

/**
 * Brings every checkpoint and the runtime of a plan into the bucket, each with its manifest last. What is there already
 * is left alone. The first that fails ends the others.
 * @throws HubError, DiskError or ToolError with what to do; nothing half-fetched has a manifest then.
 */
export async function fillBucket(options: FillOptions): Promise<void> {
  const { plan, signal } = options;
  await mapConcurrently({
    items: [
      (ended: AbortSignal) => fillRuntime({ ...options, signal: ended }),
      // One checkpoint at a time: they share the line and the disk.
      async (ended: AbortSignal) => {
        for (const model of plan.models) await fillModel(model, { ...options, signal: ended });
      },
    ],
    limit: 2,
    signal,
    work: (fill, _index, ended) => fill(ended),
  });
}

async function fillModel(model: PlannedModel, options: FillOptions): Promise<void> {
  const { s3, bucket, signal, onProgress } = options;
  const { repository, prefix } = model;
  const hub = new HubClient({ ...options.hub, signal });
  const pin = model.pin ?? (await pinModel(hub, model));
  if (await isSeeded({ s3, bucket, prefix, signal }, pin.files)) {
    onProgress(`${repository} at ${pin.commit} is there already`);
    return;
  }
  const bytes = pin.files.reduce((sum, { size }) => sum + size, 0);
  onProgress(`fetching ${repository} at ${pin.commit}: ${pin.files.length} files, ${megabytes(bytes)}`);
  const folder = await mkdtemp(join(options.workFolder, 'model-'));
  try {
    await downloadModel({
      hub,
      repository,
      pin,
      folder,
      signal,
      onFile: ({ path, size }) => onProgress(`fetched ${path} (${megabytes(size)}), its SHA-256 is right`),
    });
    await send(`${repository}@${pin.commit}`, { ...options, folder, prefix });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function fillRuntime(options: FillOptions): Promise<void> {
  const { plan, s3, bucket, signal, onProgress } = options;
  const { kind, prefix, lockFile } = plan.runtime;
  if (await isSeeded({ s3, bucket, prefix, signal })) {
    onProgress(`the runtime is there already (${prefix})`);
    return;
  }
  const work = await mkdtemp(join(options.workFolder, 'runtime-'));
  try {
    const folder = options.runtimeFolder ?? join(work, 'built');
    if (options.runtimeFolder === undefined) {
      const recipe = { ...findRuntimeRecipe(kind), lockFile: join(options.source, lockFile) };
      await buildRuntime({
        recipe,
        python: options.python,
        format: 'squashfs',
        out: folder,
        signal,
        onProgress,
      });
    }
    await send(`vllm-${kind}`, { ...options, folder, prefix });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function send(
  name: string,
  options: FillOptions & { readonly folder: string; readonly prefix: string },
): Promise<void> {
  const { s3, bucket, folder, prefix, partBytes, signal, onProgress } = options;
  const manifest = await seed({
    s3,
    bucket,
    folder,
    prefix,
    name,
    signal,
    ...(partBytes === undefined ? {} : { partBytes }),
    onProgress: ({ path, bytes }) => onProgress(`sent ${path} (${megabytes(bytes)})`),
  });
  onProgress(`${name}: ${manifest.files.length} files and their manifest in s3://${bucket}/${prefix}`);
}

function megabytes(bytes: number): string {
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`;
}
