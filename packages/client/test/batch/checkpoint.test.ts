import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type BatchItem,
  type BatchOptions,
  createClient,
  mapImages,
  type PixtralClient,
} from '../../src/index.ts';
import { type CountingServer, refuse, startCountingServer } from './counting-server.ts';
import { items, PNG } from './pictures.ts';

let folder: string;
let file: string;
let server: CountingServer;
let client: PixtralClient;
/** The server refuses these questions. */
let bad = new Set<string>();

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'batch-'));
  file = join(folder, 'results.jsonl');
  bad = new Set();
  server = await startCountingServer((question, response) =>
    bad.has(question) ? refuse(response, 400) : `grün: ${question}`,
  );
  client = createClient({ baseUrl: server.url, model: 'm' });
});
afterEach(async () => {
  await client.close();
  await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

function run(source: readonly BatchItem[], options: Partial<BatchOptions> = {}, question = 'What is it?') {
  return mapImages(source, question, { client, checkpoint: file, concurrency: 1, ...options });
}

async function collect<T>(results: AsyncIterable<T>): Promise<readonly T[]> {
  const seen: T[] = [];
  for await (const result of results) seen.push(result);
  return seen;
}

async function lines(): Promise<readonly { readonly id: string; readonly ok: boolean }[]> {
  const text = await readFile(file, 'utf8');
  expect(text.endsWith('\n')).toBe(true);
  const [, ...rest] = text.trimEnd().split('\n');
  return rest.map((line) => JSON.parse(line));
}

describe('a checkpoint', () => {
  it('has a line for each finished item, and gives them again without asking', async () => {
    bad.add('item 1');
    await collect(run(items(4)));
    expect(await lines()).toMatchObject([
      { id: 'item 0', ok: true, answer: 'grün: item 0', usage: { total_tokens: 12 }, attempts: 1 },
      { id: 'item 1', ok: false, error: { name: 'ApiError', status: 400 } },
      { id: 'item 2', ok: true },
      { id: 'item 3', ok: true },
    ]);
    const again = await collect(run(items(5)));
    expect(again.map(({ ok, resumed }) => [ok, resumed])).toEqual([
      [true, true],
      [false, true],
      [true, true],
      [true, true],
      [true, false],
    ]);
    expect(again[0]).toMatchObject({ answer: 'grün: item 0', usage: { total_tokens: 12 } });
    expect([...server.asked.values()]).toEqual([1, 1, 1, 1, 1]);
  });

  it('has failed items asked again on request, and the last line of an id counts', async () => {
    bad.add('item 1');
    await collect(run(items(3)));
    bad.clear();
    expect((await collect(run(items(3), { retryFailed: true }))).every(({ ok }) => ok)).toBe(true);
    expect((await collect(run(items(3), { retryFailed: true }))).every(({ resumed }) => resumed)).toBe(true);
    expect(server.asked.get('item 1')).toBe(2);
    expect(await lines()).toHaveLength(4);
  });

  it('asks again when a picture or question is no longer the same', async () => {
    const picture = join(folder, 'a.png');
    await writeFile(picture, PNG);
    const once = { image: picture };
    await collect(run([once]));
    expect((await collect(run([once])))[0]).toMatchObject({ id: picture, resumed: true });
    await writeFile(picture, Buffer.concat([PNG, Buffer.alloc(1)]));
    expect((await collect(run([once])))[0]).toMatchObject({ resumed: false });
    expect((await collect(run([{ ...once, question: 'Else?' }])))[0]).toMatchObject({ resumed: false });
  });

  it('goes on from every byte at which a run can be killed', async () => {
    bad.add('item 2');
    await collect(run(items(4)));
    const whole = await readFile(file);
    const expected = await lines();
    for (let end = 0; end <= whole.length; end++) {
      await writeFile(file, whole.subarray(0, end));
      server.asked.clear();
      const results = await collect(run(items(4)));
      expect(results.map(({ id, ok }) => ({ id, ok }))).toEqual(expected.map(({ id, ok }) => ({ id, ok })));
      expect(await lines()).toEqual(expected);
      // A line that lacks nothing but its end is whole.
      const written =
        whole
          .subarray(0, end + 1)
          .toString('latin1')
          .split('\n').length - 1;
      expect(server.asked.size).toBe(Math.min(4, 5 - written));
      expect([...server.asked.values()].every((times) => times === 1)).toBe(true);
    }
  });

  it.each<[string, Partial<BatchOptions>]>([
    ['Another?', {}],
    ['What is it?', { request: { temperature: 1 } }],
    ['What is it?', { request: { max_tokens: 1 } }],
  ])('of another run is refused: %s %j', async (question, options) => {
    await collect(run(items(1)));
    const before = await readFile(file);
    await expect(collect(run(items(1), options, question))).rejects.toMatchObject({
      name: 'CheckpointError',
      problem: 'other-run',
      message: expect.stringContaining('belongs to other work: it was made with {"model":"m"'),
    });
    expect(await readFile(file)).toEqual(before);
  });

  it.each(['notes', 'notes\n', '{"a":1}\n', '\n'])(
    'that is another file is left as it is: %j',
    async (text) => {
      await writeFile(file, text);
      await expect(collect(run(items(1)))).rejects.toMatchObject({
        name: 'CheckpointError',
        problem: 'foreign',
      });
      expect(await readFile(file, 'utf8')).toBe(text);
    },
  );

  it('with an unreadable line in its middle names the line', async () => {
    await collect(run(items(2)));
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace('{"id":"item 0"', '{"id"item 0"'));
    await expect(collect(run(items(2)))).rejects.toMatchObject({
      problem: 'damaged',
      message: expect.stringContaining('line 2 is not a finished item'),
    });
  });

  it('is written by one batch at a time', async () => {
    const first = run(items(2));
    await first.next();
    await expect(collect(run(items(2)))).rejects.toMatchObject({
      name: 'CheckpointError',
      problem: 'locked',
    });
    await first.return();
    expect(await collect(run(items(2)))).toHaveLength(2);
  });

  it('in a folder that is not there is a clear error', async () => {
    await expect(collect(run(items(1), { checkpoint: join(folder, 'no', 'x.jsonl') }))).rejects.toMatchObject(
      {
        problem: 'io',
        message: expect.stringContaining('cannot be opened: ENOENT'),
      },
    );
  });

  it('of a function needs to be told what it belongs to', async () => {
    const work = async () => ({ seen: true });
    const batch = (fingerprint?: unknown) =>
      mapImages(items(1), work, { client, checkpoint: file, fingerprint });
    await expect(collect(batch())).rejects.toMatchObject({ name: 'InvalidRequestError' });
    await collect(batch({ prompt: 1 }));
    expect(await collect(batch({ prompt: 1 }))).toMatchObject([{ answer: { seen: true }, resumed: true }]);
    await expect(collect(batch({ prompt: 2 }))).rejects.toMatchObject({ problem: 'other-run' });
  });

  it.skipIf(process.platform === 'win32')(
    'that can no longer grow keeps every line that was written',
    async () => {
      // As on a full disk: the operating system refuses to write beyond 4 blocks of 512 bytes.
      const script = `
      const { createClient, mapImages } = await import(${JSON.stringify(join(import.meta.dirname, '../../src/index.ts'))});
      const client = createClient({ baseUrl: ${JSON.stringify(server.url)}, model: 'm' });
      const source = Array.from({ length: 100 }, (_, n) => ({ id: 'item ' + n, image: Buffer.from(${JSON.stringify(Buffer.from(PNG).toString('base64'))}, 'base64'), question: 'item ' + n }));
      try {
        await Array.fromAsync(mapImages(source, 'What is it?', { client, checkpoint: ${JSON.stringify(file)}, concurrency: 3 }));
      } catch (error) { console.log(error.name, error.problem, error.message); }
      await client.close();`;
      const { stdout } = await promisify(execFile)('sh', [
        '-c',
        'ulimit -f 4 && exec "$0" --input-type=module -e "$1"',
        process.execPath,
        script,
      ]);
      expect(stdout).toMatch(/^CheckpointError io .*all lines before are kept/);
      const kept = await lines();
      expect(kept.length).toBeGreaterThan(3);
      server.asked.clear();
      expect(await collect(run(items(100), { concurrency: 8 }))).toHaveLength(100);
      expect(server.asked.size).toBe(100 - kept.length);
    },
  );

  it('is cut at the last whole line before it is added to', async () => {
    await collect(run(items(2)));
    const { length } = await readFile(file);
    await truncate(file, length - 5);
    await collect(run(items(3)));
    expect((await lines()).map(({ id }) => id)).toEqual(['item 0', 'item 1', 'item 2']);
  });
});
