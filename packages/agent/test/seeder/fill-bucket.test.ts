import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseManifest } from '../../src/files/manifest.ts';
import { fillBucket } from '../../src/seeder/fill-bucket.ts';
import { readHubToken } from '../../src/seeder/read-hub-token.ts';
import type { PlannedModel } from '../../src/seeder/seed-plan.ts';
import { BUCKET, type ScriptedAws, startScriptedAws } from '../scripted-aws/start-scripted-aws.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { type ScriptedHub, startScriptedHub } from './scripted-hub.ts';

const FILES = {
  'consolidated.safetensors': randomBytes(5_000),
  'params.json': Buffer.from('{"dim": 5120}'),
  'tekken.json': randomBytes(1_200),
};
const PREFIX = 'models/acme/pixtral/main/';
const RUNTIME = 'runtimes/vllm-1/';
const sha256 = (content: Buffer) => createHash('sha256').update(content).digest('hex');

let aws: ScriptedAws;
let hub: ScriptedHub;
let temporary: Awaited<ReturnType<typeof temporaryFolder>>;
let notes: string[];
beforeEach(async () => {
  aws = await startScriptedAws();
  hub = await startScriptedHub(FILES);
  temporary = await temporaryFolder();
  notes = [];
  await mkdir(join(temporary.path, 'runtime', 'bin'), { recursive: true });
  await mkdir(join(temporary.path, 'work'));
  await writeFile(join(temporary.path, 'runtime', 'bin', 'vllm'), '#!/bin/sh\n', { mode: 0o755 });
});
afterEach(async () => {
  await aws[Symbol.asyncDispose]();
  await hub[Symbol.asyncDispose]();
  await temporary[Symbol.asyncDispose]();
});

const MODEL: PlannedModel = {
  repository: 'acme/pixtral',
  revision: 'main',
  format: 'mistral',
  prefix: PREFIX,
};

function fill(models: readonly PlannedModel[] = [MODEL]): Promise<void> {
  return fillBucket({
    plan: { version: 1, models, runtime: { kind: 'gpu', prefix: RUNTIME, lockFile: 'requirements.lock' } },
    source: temporary.path,
    s3: aws.s3,
    bucket: BUCKET,
    hub: { endpoint: hub.url, tokenAdvice: 'give one' },
    workFolder: join(temporary.path, 'work'),
    python: 'python3.12',
    runtimeFolder: join(temporary.path, 'runtime'),
    signal: new AbortController().signal,
    onProgress: (note) => notes.push(note),
  });
}

const manifest = (prefix: string) => parseManifest(aws.bucket.text(`${prefix}manifest.json`), prefix);

describe('filling a bucket', () => {
  test('brings checkpoint and runtime there, each with its manifest last, and leaves no work behind', async () => {
    await fill();
    expect(manifest(PREFIX).files.map(({ path, sha256: hash }) => [path, hash])).toEqual(
      Object.entries(FILES).map(([path, content]) => [path, sha256(content)]),
    );
    expect(manifest(RUNTIME).files).toMatchObject([{ path: 'bin/vllm', executable: true }]);
    const model = aws.bucket.keysSent('PUT').filter((key) => key.startsWith(PREFIX));
    expect(model.at(-1)).toBe(`${PREFIX}manifest.json`);
    expect(await readdir(join(temporary.path, 'work'))).toEqual([]);
  });

  test('a second time fetches and sends nothing', async () => {
    await fill();
    hub.requests.length = 0;
    aws.bucket.requests.length = 0;
    await fill();
    expect(hub.requests.filter(({ path }) => path.includes('safetensors'))).toEqual([]);
    expect(aws.bucket.keysSent('PUT')).toEqual([]);
    expect(notes).toContain(`acme/pixtral at ${hub.commit} is there already`);
    expect(notes).toContain(`the runtime is there already (${RUNTIME})`);
  });

  test('again brings back what somebody has deleted', async () => {
    await fill();
    aws.bucket.objects.delete(`${PREFIX}params.json`);
    await fill();
    expect(aws.bucket.text(`${PREFIX}params.json`)).toBe('{"dim": 5120}');
  });

  test('serves several checkpoints, and asks nobody what a pinned one holds', async () => {
    const pin = {
      commit: hub.commit,
      files: [{ path: 'params.json', size: 13, sha256: sha256(FILES['params.json']) }],
    };
    await fill([MODEL, { ...MODEL, revision: hub.commit, prefix: 'models/pinned/', pin }]);
    expect(manifest('models/pinned/').files.map(({ path }) => path)).toEqual(['params.json']);
    expect(hub.requests.filter(({ path }) => path.includes('/revision/'))).toHaveLength(1);
  });

  test('with bytes that are not the pinned ones puts nothing of them into the bucket', async () => {
    const pin = {
      commit: hub.commit,
      files: [{ path: 'params.json', size: 13, sha256: sha256(Buffer.from('something else')) }],
    };
    await expect(fill([{ ...MODEL, pin }])).rejects.toThrow(/params\.json of acme\/pixtral .* SHA-256 is/);
    expect(aws.bucket.keysSent('PUT').filter((key) => key.startsWith(PREFIX))).toEqual([]);
    expect(await readdir(join(temporary.path, 'work'))).toEqual([]);
  });
});

describe('the token of the hub', () => {
  const read = (secret: string) => {
    aws.secret = secret;
    const client = new SecretsManagerClient({
      endpoint: aws.url,
      region: 'us-east-1',
      credentials: { accessKeyId: 'scripted', secretAccessKey: 'scripted' },
    });
    return readHubToken(client, 'arn:aws:secretsmanager:us-east-1:123456789012:secret:hf');
  };

  test('is what the secret holds', async () => {
    expect(await read('hf_AbC123\n')).toBe('hf_AbC123');
  });

  test('is none as long as the secret holds what the stack generated', async () => {
    expect(await read('Xq3)generated-placeholder')).toBeUndefined();
  });
});
