import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type SyncResult, syncFolder } from '../../src/files/sync-folder.ts';
import type { PartWorkers } from '../../src/files/transfer/part-workers.ts';
import { TRANSFER_LIMITS, type TransferLimits } from '../../src/files/transfer/transfer-limits.ts';
import { seed } from '../../src/seeder/seed.ts';
import { BUCKET, type ScriptedAws, startScriptedAws } from '../scripted-aws/start-scripted-aws.ts';
import { temporaryFolder } from '../temporary-folder.ts';

export const PREFIX = 'models/tiny/';

/** A bucket that was seeded by the real seeder, and a folder for its files. */
export interface SeededBucket extends AsyncDisposable {
  readonly aws: ScriptedAws;
  readonly target: string;
  sync(options: {
    readonly workers: PartWorkers;
    readonly limits?: Partial<TransferLimits>;
  }): Promise<SyncResult>;
  /** Ranges of a file that were asked for, in their order. */
  rangesOf(path: string): readonly (string | undefined)[];
}

export async function seedBucket(options: {
  readonly files: Readonly<Record<string, Buffer>>;
  readonly partBytes: number;
}): Promise<SeededBucket> {
  const aws = await startScriptedAws();
  const temporary = await temporaryFolder();
  const source = join(temporary.path, 'source');
  const target = join(temporary.path, 'target');
  for (const [path, bytes] of Object.entries(options.files)) {
    await mkdir(dirname(join(source, path)), { recursive: true });
    await writeFile(join(source, path), bytes);
  }
  const place = { s3: aws.s3, bucket: BUCKET, prefix: PREFIX };
  await seed({ ...place, name: 'tiny', folder: source, partBytes: options.partBytes });
  aws.bucket.requests.length = 0;
  return {
    aws,
    target,
    sync: ({ workers, limits }) =>
      syncFolder({
        ...place,
        folder: target,
        timeoutMs: 60_000,
        workers,
        // Pauses of a real S3 would be the whole test.
        limits: { ...TRANSFER_LIMITS, firstPauseMs: 1, longestPauseMs: 20, ...limits },
        signal: new AbortController().signal,
        onWaiting: () => undefined,
      }),
    rangesOf: (path) =>
      aws.bucket.requests
        .filter(({ method, key }) => method === 'GET' && key === PREFIX + path)
        .map(({ range }) => range),
    async [Symbol.asyncDispose]() {
      await aws[Symbol.asyncDispose]();
      await temporary[Symbol.asyncDispose]();
    },
  };
}
