import { createHash, randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { downloadModel } from '../../src/seeder/hub/download-model.ts';
import { HubClient } from '../../src/seeder/hub/hub-client.ts';
import { HubError } from '../../src/seeder/hub/hub-error.ts';
import { type ModelPin, pinModel } from '../../src/seeder/hub/model-pin.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { type ScriptedHub, startScriptedHub } from './scripted-hub.ts';

const REPOSITORY = 'acme/pixtral';
const WEIGHTS = randomBytes(10_000);
const FILES = {
  'README.md': Buffer.from('read me'),
  'config.json': Buffer.from('{"model_type": "llava"}'),
  'consolidated.safetensors': randomBytes(2_000),
  'model-00001-of-00001.safetensors': WEIGHTS,
  'params.json': Buffer.from('{"dim": 5120}'),
  'tekken.json': randomBytes(1_500),
};
const sha256 = (content: Buffer) => createHash('sha256').update(content).digest('hex');

let hub: ScriptedHub;
let temporary: Awaited<ReturnType<typeof temporaryFolder>>;
beforeEach(async () => {
  hub = await startScriptedHub(FILES, { pageSize: 4 });
  temporary = await temporaryFolder();
});
afterEach(async () => {
  await hub[Symbol.asyncDispose]();
  await temporary[Symbol.asyncDispose]();
});

function client(
  options: { readonly token?: string; readonly silenceMs?: number; readonly signal?: AbortSignal } = {},
): HubClient {
  return new HubClient({
    endpoint: hub.url,
    tokenAdvice: 'give one with --token-secret',
    firstPauseMs: 1,
    signal: new AbortController().signal,
    ...options,
  });
}

const pin = (revision = 'main', format: 'hf' | 'mistral' = 'hf') =>
  pinModel(client(), { repository: REPOSITORY, revision, format });

function download(pinned: ModelPin, options: { readonly client?: HubClient } = {}): Promise<void> {
  return downloadModel({
    hub: options.client ?? client(),
    repository: REPOSITORY,
    pin: pinned,
    folder: join(temporary.path, 'model'),
    partBytes: 4_000,
    firstPauseMs: 1,
  });
}

const downloaded = (name: string) => readFile(join(temporary.path, 'model', name));
const rangesOf = (name: string) =>
  hub.requests.filter(({ path }) => path === `/${name}`).map(({ range }) => range);

describe('pinning a model', () => {
  test('names the commit and every file that the format needs, over all pages of the listing', async () => {
    expect(await pin()).toEqual({
      commit: hub.commit,
      files: ['config.json', 'model-00001-of-00001.safetensors', 'params.json', 'tekken.json'].map((path) => {
        const content = FILES[path as keyof typeof FILES];
        return { path, size: content.length, sha256: sha256(content) };
      }),
    });
    expect((await pin('main', 'mistral')).files.map(({ path }) => path)).toEqual([
      'consolidated.safetensors',
      'params.json',
      'tekken.json',
    ]);
  });

  test('of a revision or a repository that is not there says so', async () => {
    await expect(pin('v9')).rejects.toThrow(
      `${hub.url}/acme/pixtral answered with status 404: there is no such repository, revision or file`,
    );
  });

  test('that holds no weights of the format is refused', async () => {
    await using empty = await startScriptedHub({ 'params.json': Buffer.from('{}') });
    const other = new HubClient({
      endpoint: empty.url,
      tokenAdvice: '',
      signal: new AbortController().signal,
    });
    await expect(
      pinModel(other, { repository: REPOSITORY, revision: 'main', format: 'mistral' }),
    ).rejects.toThrow('holds no weights of the format "mistral"');
  });
});

describe('a download', () => {
  test('comes in ranges, and leaves nothing but the pinned files', async () => {
    await download(await pin());
    expect(await downloaded('model-00001-of-00001.safetensors')).toEqual(WEIGHTS);
    expect(rangesOf('model-00001-of-00001.safetensors').toSorted()).toEqual([
      'bytes=0-3999',
      'bytes=4000-7999',
      'bytes=8000-9999',
    ]);
    expect((await readdir(join(temporary.path, 'model'))).toSorted()).toEqual([
      'config.json',
      'model-00001-of-00001.safetensors',
      'params.json',
      'tekken.json',
    ]);
  });

  test('shows its token to the hub and never to the storage behind it', async () => {
    const pinned = await pin();
    hub.requests.length = 0;
    await download(pinned, { client: client({ token: 'hf_secret' }) });
    const toHub = hub.requests.filter(({ path }) => path.includes('/resolve/'));
    const toStorage = hub.requests.filter(({ path }) => !path.includes('/resolve/'));
    expect(new Set(toHub.map(({ token }) => token))).toEqual(new Set(['Bearer hf_secret']));
    expect(new Set(toStorage.map(({ token }) => token))).toEqual(new Set([undefined]));
  });

  test('whose connection is cut goes on where it ended', async () => {
    const weights = (await pin()).files.filter(({ path }) => path.startsWith('model-'));
    hub.requests.length = 0;
    hub.faults.push({ cutAfter: 1_000 }, { cutAfter: 500 });
    await download({ commit: hub.commit, files: weights });
    expect(await downloaded('model-00001-of-00001.safetensors')).toEqual(WEIGHTS);
    const ranges = rangesOf('model-00001-of-00001.safetensors');
    expect(ranges).toHaveLength(5);
    expect(ranges.filter((range) => /=(1000|500|4500|5000|8500|9000)-/.test(range ?? ''))).toHaveLength(2);
  });

  test('that stalls is broken off and asked for again', async () => {
    const pinned = await pin('main', 'mistral');
    hub.faults.push({ stall: true });
    await download(pinned, { client: client({ silenceMs: 100 }) });
    expect(await downloaded('consolidated.safetensors')).toEqual(FILES['consolidated.safetensors']);
  });

  test('that never gets a byte further gives up, with the place', async () => {
    const weights = (await pin('main', 'mistral')).files.filter(({ path }) =>
      path.startsWith('consolidated'),
    );
    hub.faults.push(...Array.from({ length: 20 }, () => ({ cutAfter: 0 })));
    await expect(download({ commit: hub.commit, files: weights })).rejects.toThrow(
      /consolidated\.safetensors of acme\/pixtral could not be read from byte 0 in 5 attempts/,
    );
  });

  test('of other bytes than the pin says is refused with both hashes, and the file has no name', async () => {
    const pinned = await pin();
    const changed = Buffer.from(WEIGHTS);
    changed[5_000] = (changed[5_000] ?? 0) ^ 1;
    await using lying = await startScriptedHub(FILES, {
      changed: { 'model-00001-of-00001.safetensors': changed },
    });
    const other = new HubClient({
      endpoint: lying.url,
      tokenAdvice: '',
      signal: new AbortController().signal,
    });
    const error = await download(pinned, { client: other }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(HubError);
    expect(String(error)).toContain(`SHA-256 is ${sha256(changed)}, expected ${sha256(WEIGHTS)}`);
    expect(await readdir(join(temporary.path, 'model'))).not.toContain('model-00001-of-00001.safetensors');
  });

  test('of a file that is longer than its pin is refused', async () => {
    const pinned = await pin();
    const longer = { 'config.json': Buffer.from('{"model_type": "llava", "more": 1}') };
    await using lying = await startScriptedHub({ ...FILES, ...longer });
    const other = new HubClient({
      endpoint: lying.url,
      tokenAdvice: '',
      signal: new AbortController().signal,
    });
    await expect(download(pinned, { client: other })).rejects.toThrow(
      'config.json of acme/pixtral has 34 bytes, expected 23',
    );
  });

  test('larger than the disk is refused before the first byte', async () => {
    const huge = { path: 'weights.safetensors', size: 2 ** 52, sha256: sha256(WEIGHTS) };
    await expect(download({ commit: hub.commit, files: [huge] })).rejects.toThrow(
      /the disk is full: weights/,
    );
    expect(hub.requests).toEqual([]);
  });

  test('ends when it is told to', async () => {
    const pinned = await pin();
    const stop = new AbortController();
    hub.faults.push(...Array.from({ length: 8 }, () => ({ stall: true as const })));
    const running = download(pinned, { client: client({ signal: stop.signal }) });
    setTimeout(() => stop.abort(new Error('stopped')), 50);
    await expect(running).rejects.toThrow('stopped');
  });
});

describe('a refusal', () => {
  test.each([
    [
      401,
      undefined,
      /it is gated, private or not there, and no token was given: .* then give one with --token-secret/,
    ],
    [401, 'hf_old', /the token is not valid \(any more\)/],
    [403, 'hf_other', /the token’s owner has no access: ask for it at http:.*\/acme\/pixtral/],
  ])('of status %i with token %s says what to do, and is not repeated', async (status, token, message) => {
    hub.refusals.push({ status });
    const asking = client(token ? { token } : {}).resolveRevision(REPOSITORY, 'main');
    await expect(asking).rejects.toThrow(message);
    expect(hub.requests).toHaveLength(1);
  });

  test('for too many requests is waited out as long as the hub asks', async () => {
    hub.refusals.push({ status: 429, headers: { 'retry-after': '0.2' } }, { status: 503 });
    const began = performance.now();
    expect(await client().resolveRevision(REPOSITORY, 'main')).toBe(hub.commit);
    expect(performance.now() - began).toBeGreaterThan(190);
  });

  test('that does not end is told after six attempts', async () => {
    hub.refusals.push(...Array.from({ length: 6 }, () => ({ status: 429 })));
    await expect(client().resolveRevision(REPOSITORY, 'main')).rejects.toThrow(
      /status 429: too many requests, also after waiting/,
    );
    expect(hub.requests).toHaveLength(6);
  });

  test('of a connection names the host', async () => {
    const nobody = new HubClient({
      endpoint: 'http://127.0.0.1:1',
      tokenAdvice: '',
      firstPauseMs: 1,
      signal: new AbortController().signal,
    });
    await expect(nobody.resolveRevision(REPOSITORY, 'main')).rejects.toThrow(
      /http:\/\/127\.0\.0\.1:1 could not be reached/,
    );
  });
});
