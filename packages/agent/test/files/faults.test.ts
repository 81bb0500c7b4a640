import { open, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DiskError } from '../../src/files/disk-error.ts';
import { fetchPart } from '../../src/files/fetch-part.ts';
import { FileMismatchError } from '../../src/files/file-mismatch-error.ts';
import { parseManifest } from '../../src/files/manifest.ts';
import { PartPace } from '../../src/files/transfer/part-pace.ts';
import { PartWorkers } from '../../src/files/transfer/part-workers.ts';
import { TRANSFER_LIMITS } from '../../src/files/transfer/transfer-limits.ts';
import { BUCKET } from '../scripted-aws/start-scripted-aws.ts';
import { PREFIX, type SeededBucket, seedBucket } from './file-fixture.ts';

const PART_BYTES = 1_000;
const PARTS = 8;
const WEIGHTS = Buffer.from(Array.from({ length: PARTS * PART_BYTES }, (_, index) => index * 7));
const RANGES = Array.from(
  { length: PARTS },
  (_, index) => `bytes=${index * PART_BYTES}-${(index + 1) * PART_BYTES - 1}`,
);

const workers = new PartWorkers(1);
afterAll(() => workers[Symbol.asyncDispose]());
let bucket: SeededBucket;
beforeEach(async () => {
  bucket = await seedBucket({ files: { weights: WEIGHTS }, partBytes: PART_BYTES });
});
afterEach(() => bucket[Symbol.asyncDispose]());

const weights = () => readFile(join(bucket.target, 'weights'));

/** Has the bucket do this to the first `times` requests for every part. */
function failFirst(times: number, fault: NonNullable<ReturnType<typeof bucket.aws.bucket.fault>>): void {
  const seen = new Map<string, number>();
  bucket.aws.bucket.fault = ({ range }) => {
    if (range === undefined) return undefined;
    const count = (seen.get(range) ?? 0) + 1;
    seen.set(range, count);
    return count <= times ? fault : undefined;
  };
}

describe('a transfer goes on', () => {
  test.each([
    ['a storm of 503 Slow Down, longer than any number of attempts', 9, { status: 503, code: 'SlowDown' }],
    ['500 Internal Error', 3, { status: 500, code: 'InternalError' }],
    ['connections that are reset in the middle', 3, 'reset'],
    ['connections that are closed in the middle', 3, 'cut'],
    ['bytes that were damaged on the way', 1, 'wrong-byte'],
  ] as const)('after %s', async (_name, times, fault) => {
    failFirst(times, fault);
    await bucket.sync({ workers });
    expect(await weights()).toEqual(WEIGHTS);
    for (const range of RANGES)
      expect(bucket.rangesOf('weights').filter((each) => each === range)).toHaveLength(times + 1);
  });

  test('after a connection has fallen silent', async () => {
    failFirst(1, 'stall');
    await bucket.sync({ workers, limits: { silenceMs: 300 } });
    expect(await weights()).toEqual(WEIGHTS);
  });

  test('without the one connection that is slow beside all others', async () => {
    let slow = 0;
    bucket.aws.bucket.fault = ({ range }) => (range === RANGES[5] && ++slow === 1 ? 'trickle' : undefined);
    await bucket.sync({ workers, limits: { slowMs: 40 } });
    expect(await weights()).toEqual(WEIGHTS);
    expect(slow).toBeGreaterThan(1);
  });

  test('after the thread that received it has died', async () => {
    await using own = new PartWorkers(1);
    failFirst(1, 'stall');
    const work = bucket.sync({ workers: own });
    while (bucket.rangesOf('weights').length < PARTS) await nextTurn();
    await own[Symbol.asyncDispose]();
    await work;
    expect(await weights()).toEqual(WEIGHTS);
  });

  test('from where an earlier start has left off, and with what is wrong of it made right', async () => {
    await bucket.sync({ workers });
    const left = Buffer.from(WEIGHTS.subarray(0, 6_500));
    left[2_345] = (left[2_345] ?? 0) ^ 1;
    await writeFile(join(bucket.target, 'weights.partial'), left);
    await writeFile(join(bucket.target, 'weights'), '');
    // The newer of both counts: it was under its name.
    bucket.aws.bucket.requests.length = 0;
    expect(await bucket.sync({ workers })).toMatchObject({ reused: 0 });
    expect(bucket.rangesOf('weights')).toHaveLength(PARTS);

    bucket.aws.bucket.requests.length = 0;
    await writeFile(join(bucket.target, 'weights'), left);
    await bucket.sync({ workers });
    expect(await weights()).toEqual(WEIGHTS);
    expect(bucket.rangesOf('weights').toSorted()).toEqual([RANGES[2], RANGES[6], RANGES[7]]);
  });
});

describe('a transfer ends, and says why', () => {
  test('when a part stays wrong: it is fetched once more, and what is right is kept', async () => {
    failFirst(2, 'wrong-byte');
    const error = await failureOf(bucket.sync({ workers }));
    expect(error).toBeInstanceOf(FileMismatchError);
    expect(error.message).toMatch(
      /^weights differs from its manifest, part \d of 8 \(bytes \d+-\d+\): SHA-256 is \w{64}, expected \w{64}; seed the files again$/,
    );
    expect(await readdir(bucket.target)).toEqual(['weights.partial']);
  });

  test('when S3 stays busy', async () => {
    bucket.aws.bucket.fault = ({ range }) =>
      range === RANGES[1] ? { status: 503, code: 'SlowDown' } : undefined;
    const { message } = await failureOf(bucket.sync({ workers, limits: { busyMs: 0 } }));
    expect(message).toMatchInlineSnapshot(
      `"weights, part 2 of 8 (bytes 1000-1999) could not be read in 1 attempt: S3 answered with status 503"`,
    );
  });

  test('when the role may not read', async () => {
    bucket.aws.bucket.fault = ({ range }) =>
      range === undefined ? undefined : { status: 403, code: 'AccessDenied' };
    expect((await failureOf(bucket.sync({ workers }))).message).toMatchInlineSnapshot(
      `"scripted AccessDenied"`,
    );
  });

  test('when the disk is full in the middle', async () => {
    const manifest = parseManifest(bucket.aws.bucket.text(`${PREFIX}manifest.json`), 'manifest');
    const [file] = manifest.files;
    if (!file) throw new Error('the manifest lists no file');
    // Takes no byte, and says so as a full disk does.
    await using full = await open('/dev/full', 'r+');
    const error = await failureOf(
      fetchPart({
        s3: bucket.aws.s3,
        bucket: BUCKET,
        key: `${PREFIX}weights`,
        file,
        index: 0,
        range: { start: 0, end: PART_BYTES - 1 },
        sha256: file.parts[0] ?? '',
        fd: full.fd,
        workers,
        pace: new PartPace(1_000),
        limits: TRANSFER_LIMITS,
        signal: new AbortController().signal,
      }),
    );
    expect(error).toBeInstanceOf(DiskError);
    expect(error.message).toBe('the disk is full: weights needs 8000 bytes (0.0 GiB)');
    expect(bucket.rangesOf('weights')).toHaveLength(1);
  });
});

async function failureOf(work: Promise<unknown>): Promise<Error> {
  try {
    await work;
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('it should have failed');
}
