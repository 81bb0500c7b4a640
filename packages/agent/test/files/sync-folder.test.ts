import { chmod, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FileMismatchError } from '../../src/files/file-mismatch-error.ts';
import { type SyncResult, syncFolder } from '../../src/files/sync-folder.ts';
import { PartWorkers } from '../../src/files/transfer/part-workers.ts';
import { TRANSFER_LIMITS } from '../../src/files/transfer/transfer-limits.ts';
import { seed } from '../../src/seeder/seed.ts';
import { BUCKET, type ScriptedAws, startScriptedAws } from '../scripted-aws/start-scripted-aws.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const PREFIX = 'models/tiny/';
const WEIGHTS = Buffer.from(Array.from({ length: 25 }, (_, index) => index));

const limits = { ...TRANSFER_LIMITS, silenceMs: 500, firstPauseMs: 1 };
const workers = new PartWorkers(1);
afterAll(() => workers[Symbol.asyncDispose]());

let aws: ScriptedAws;
let temporary: Awaited<ReturnType<typeof temporaryFolder>>;
let source: string;
let target: string;

beforeEach(async () => {
  aws = await startScriptedAws();
  temporary = await temporaryFolder();
  source = join(temporary.path, 'source');
  target = join(temporary.path, 'target');
  await mkdir(join(source, 'bin'), { recursive: true });
  await writeFile(join(source, 'weights'), WEIGHTS);
  await writeFile(join(source, 'empty'), '');
  await writeFile(join(source, 'bin', 'vllm'), '#!/bin/sh\n', { mode: 0o755 });
  await seed({ s3: aws.s3, bucket: BUCKET, prefix: PREFIX, name: 'tiny', folder: source, partBytes: 10 });
  aws.bucket.requests.length = 0;
});
afterEach(async () => {
  await aws[Symbol.asyncDispose]();
  await temporary[Symbol.asyncDispose]();
});

function sync(
  options: { readonly timeoutMs?: number; readonly signal?: AbortSignal } = {},
): Promise<SyncResult> {
  return syncFolder({
    s3: aws.s3,
    bucket: BUCKET,
    prefix: PREFIX,
    folder: target,
    timeoutMs: 60_000,
    workers,
    limits,
    signal: new AbortController().signal,
    onWaiting: () => undefined,
    ...options,
  });
}

async function failure(work: Promise<unknown>): Promise<Error> {
  try {
    await work;
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('it should have failed');
}

const gets = (key: string) =>
  aws.bucket.requests.filter((request) => request.method === 'GET' && request.key === PREFIX + key);

describe('files that are right', () => {
  test('arrive byte by byte, part by part, with their executable bit', async () => {
    expect(await sync()).toMatchObject({ bytes: 35, reused: 0 });
    expect(await readFile(join(target, 'weights'))).toEqual(WEIGHTS);
    expect(await readFile(join(target, 'empty'), 'utf8')).toBe('');
    expect((await stat(join(target, 'bin', 'vllm'))).mode & 0o777).toBe(0o755);
    expect((await stat(join(target, 'weights'))).mode & 0o111).toBe(0);
    expect(
      gets('weights')
        .map(({ range }) => range)
        .sort(),
    ).toEqual(['bytes=0-9', 'bytes=10-19', 'bytes=20-24']);
  });

  test('are not fetched again, damaged ones are, and a lost executable bit comes back', async () => {
    await sync();
    await writeFile(join(target, 'weights'), Buffer.alloc(25));
    await chmod(join(target, 'bin', 'vllm'), 0o644);
    aws.bucket.requests.length = 0;
    expect(await sync()).toMatchObject({ reused: 2 });
    expect(await readFile(join(target, 'weights'))).toEqual(WEIGHTS);
    expect((await stat(join(target, 'bin', 'vllm'))).mode & 0o777).toBe(0o755);
    expect(gets('bin/vllm')).toEqual([]);
  });

  test('are alone in the folder afterwards: weights of an earlier revision would be loaded too', async () => {
    await mkdir(join(target, 'old'), { recursive: true });
    await writeFile(join(target, 'old', 'model-00001.safetensors'), 'old');
    await symlink('/etc', join(target, 'bin'));
    await sync();
    expect((await readdir(target, { recursive: true })).sort()).toEqual([
      'bin',
      'bin/vllm',
      'empty',
      'old',
      'weights',
    ]);
    expect((await stat(join(target, 'bin'))).ino).not.toBe((await stat('/etc')).ino);
  });

  test('are waited for, and the log says for what', async () => {
    const key = `${PREFIX}manifest.json`;
    const manifest = aws.bucket.text(key);
    aws.bucket.objects.delete(key);
    const waits: string[] = [];
    const waiting = syncFolder({
      s3: aws.s3,
      bucket: BUCKET,
      prefix: PREFIX,
      folder: target,
      timeoutMs: 60_000,
      workers,
      signal: new AbortController().signal,
      onWaiting: (url) => {
        waits.push(url);
        aws.bucket.put(key, manifest);
      },
    });
    expect(await waiting).toMatchObject({ bytes: 35 });
    expect(waits).toEqual([`s3://${BUCKET}/${key}`]);
  });

  test('arrive although a connection breaks and another falls silent', async () => {
    let [cut, stalled] = [false, false];
    aws.bucket.fault = ({ range }) => {
      if (range === 'bytes=0-9' && !cut) {
        cut = true;
        return 'cut';
      }
      if (range === 'bytes=20-24' && !stalled) {
        stalled = true;
        return 'stall';
      }
      return undefined;
    };
    await sync();
    expect([cut, stalled]).toEqual([true, true]);
    expect(await readFile(join(target, 'weights'))).toEqual(WEIGHTS);
  });
});

describe('files that differ are refused', () => {
  test('fails when a byte was turned over, naming file, part, bytes and both hashes', async () => {
    aws.bucket.damage(`${PREFIX}weights`, 13);
    const error = await failure(sync());
    expect(error).toBeInstanceOf(FileMismatchError);
    expect(error).toMatchObject({ path: 'weights', part: 2 });
    expect(error.message).toMatchInlineSnapshot(
      `"weights differs from its manifest, part 2 of 3 (bytes 10-19): SHA-256 is a783ae8b2c78eeba3759268efad630e918519d71618cb24ace2b405390b84a13, expected c3a3674842d925c4a400b5b98383f894363e98bf1d328bba0dcf44852ae9a0e2; seed the files again"`,
    );
    expect(await readdir(target)).not.toContain('weights');
    // Once more than the right ones: it might have been damaged on the way.
    expect(gets('weights').filter(({ range }) => range === 'bytes=10-19')).toHaveLength(2);
  });

  test('fails when the object is shorter', async () => {
    aws.bucket.put(`${PREFIX}weights`, WEIGHTS.subarray(0, 15));
    expect((await failure(sync())).message).toMatchInlineSnapshot(
      `"weights differs from its manifest: size is 15 bytes, expected 25 bytes; seed the files again"`,
    );
  });

  test('fails when the object is longer', async () => {
    aws.bucket.put(`${PREFIX}weights`, Buffer.concat([WEIGHTS, Buffer.from('!')]));
    expect((await failure(sync())).message).toMatchInlineSnapshot(
      `"weights differs from its manifest: size is 26 bytes, expected 25 bytes; seed the files again"`,
    );
  });

  test('fails when the object is missing', async () => {
    aws.bucket.objects.delete(`${PREFIX}weights`);
    expect((await failure(sync())).message).toMatchInlineSnapshot(
      `"weights differs from its manifest: size is nothing: the bucket has no such object, expected 25 bytes; seed the files again"`,
    );
  });

  test('fails when the bucket sends more than was asked for', async () => {
    aws.bucket.fault = ({ range }) => (range === 'bytes=0-9' ? 'more-than-asked' : undefined);
    expect((await failure(sync())).message).toMatchInlineSnapshot(
      `"bin/vllm differs from its manifest, part 1 of 1 (bytes 0-9): size is 11 bytes, expected 10 bytes; seed the files again"`,
    );
  });
});

describe('what cannot be done ends clearly', () => {
  test('fails when the manifest does not appear', async () => {
    aws.bucket.objects.clear();
    expect((await failure(sync({ timeoutMs: 0 }))).message).toMatchInlineSnapshot(
      `"s3://scripted-bucket/models/tiny/manifest.json did not appear within 0 s: has the seeder run, and for this prefix?"`,
    );
  });

  test('fails when connections keep breaking', async () => {
    aws.bucket.fault = ({ key, range }) =>
      key.endsWith('weights') && range === 'bytes=0-9' ? 'cut' : undefined;
    expect((await failure(sync())).message).toMatchInlineSnapshot(
      `"weights, part 1 of 3 (bytes 0-9) could not be read in 4 attempts: the connection was closed after 1 of 10 bytes"`,
    );
    expect(gets('weights').filter(({ range }) => range === 'bytes=0-9')).toHaveLength(4);
  });

  test('fails before the first byte when a file is larger than what is free', async () => {
    const size = 2 ** 52;
    const hash = 'a'.repeat(64);
    const file = { path: 'huge', size, sha256: hash, parts: [hash], executable: false };
    const manifest = { version: 1, name: 'huge', partBytes: size, files: [file] };
    aws.bucket.put(`${PREFIX}manifest.json`, JSON.stringify(manifest));
    const { message } = await failure(sync());
    expect(message.replace(/[\d.]+ GiB are free/, '… GiB are free')).toMatchInlineSnapshot(
      `"the disk is full: huge needs 4503599627370496 bytes (4194304.0 GiB), … GiB are free"`,
    );
    expect(gets('huge')).toEqual([]);
  });

  test('ends when it is told to, although a connection stalls', async () => {
    aws.bucket.fault = ({ range }) => (range ? 'stall' : undefined);
    const caller = new AbortController();
    const work = failure(sync({ signal: caller.signal }));
    while (gets('weights').length === 0) await sleep(5);
    caller.abort(new Error('time to go'));
    expect((await work).message).toBe('time to go');
  });
});
