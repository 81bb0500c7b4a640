import { pino } from 'pino';
import { afterAll, beforeAll } from 'vitest';
import type { PictureNormalizer } from '../../../src/gateway/normalizing/picture-normalizer.ts';
import { PictureNormalizer as Normalizer } from '../../../src/gateway/normalizing/picture-normalizer.ts';
import {
  type OpenWorker,
  spawnWorker,
  type WorkerProgram,
} from '../../../src/gateway/normalizing/worker-channel.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { writeWorker } from './worker-folder.ts';

/** A normalizer with one real worker, for all tests of a file. */
export interface NormalizerFixture {
  readonly normalizer: PictureNormalizer;
  /** Of the worker's program. */
  readonly file: string;
}

export function useNormalizer(
  change: Partial<WorkerProgram> & { readonly open?: (program: WorkerProgram) => OpenWorker } = {},
): NormalizerFixture {
  const fixture = {} as { normalizer: PictureNormalizer; file: string };
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  beforeAll(async () => {
    folder = await temporaryFolder();
    fixture.file = await writeWorker(folder.path);
    const { open = spawnWorker, ...program } = change;
    fixture.normalizer = new Normalizer({
      open: open({ file: fixture.file, maxImageBytes: 10_485_760, maxImagePixels: 16_777_216, ...program }),
      workers: 1,
      timeoutMs: 60_000,
      logger: pino({ level: 'silent' }),
    });
    await fixture.normalizer.start();
  });
  afterAll(async () => {
    await fixture.normalizer[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  });
  return fixture;
}
