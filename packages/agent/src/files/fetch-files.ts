import { mkdir } from 'node:fs/promises';
import type { S3Client } from '@aws-sdk/client-s3';
import type { Logger } from 'pino';
import type { InstanceConfig } from '../config/instance-config.ts';
import type { Machine } from '../config/machine.ts';
import { mapConcurrently } from './map-concurrently.ts';
import { syncFolder } from './sync-folder.ts';
import { PartWorkers } from './transfer/part-workers.ts';

/** Model and runtime at the same time; the first that cannot be right ends the other's transfer. */
export async function fetchFiles(options: {
  readonly config: InstanceConfig;
  readonly machine: Machine;
  readonly s3: S3Client;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}): Promise<void> {
  const { config, machine, s3, logger } = options;
  await mkdir(machine.stateFolder, { recursive: true });
  const folders = [
    { prefix: config.modelPrefix, folder: machine.modelFolder },
    { prefix: config.runtimePrefix, folder: machine.runtimeFolder },
  ];
  await using workers = new PartWorkers();
  await mapConcurrently({
    items: folders,
    limit: folders.length,
    signal: options.signal,
    work: async (folder, _index, signal) => {
      const { manifest, bytes, reused } = await syncFolder({
        ...folder,
        s3,
        workers,
        bucket: config.bucket,
        timeoutMs: config.filesTimeoutSeconds * 1_000,
        signal,
        onWaiting: (url) => logger.info({ url }, 'waiting for the manifest'),
      });
      logger.info({ name: manifest.name, files: manifest.files.length, bytes, reused }, 'files verified');
    },
  });
}
