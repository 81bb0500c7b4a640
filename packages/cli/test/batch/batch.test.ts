import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { pixtral } from '../run-pixtral.ts';

const TEST = dirname(import.meta.dirname);
const RED = await readFile(join(TEST, 'fixtures', 'red.png'));
let folder: string;
let out: string;
let server: Server;
let flags: readonly string[];
let bodies: string[];
let status = 200;
let answer = 'red';
let onAsked = () => {};

beforeEach(async () => {
  [bodies, status, answer, onAsked] = [[], 200, 'red', () => {}];
  folder = await mkdtemp(join(tmpdir(), 'pixtral-batch-'));
  out = join(folder, 'out.jsonl');
  await mkdir(join(folder, 'in', 'deep'), { recursive: true });
  for (const name of ['b.png', 'a.dat', 'deep/c.png']) await writeFile(join(folder, 'in', name), RED);
  await writeFile(join(folder, 'in', 'notes.png'), 'no picture at all');
  server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    bodies.push(body);
    onAsked();
    response.writeHead(status, { 'content-type': 'application/json' });
    const message = { role: 'assistant', content: answer };
    response.end(
      status === 200
        ? JSON.stringify({
            id: 'x',
            model: 'm',
            choices: [{ index: 0, message, finish_reason: 'stop' }],
            usage: { prompt_tokens: 10, completion_tokens: 1, total_tokens: 11 },
          })
        : '{"error":{"message":"told so","type":"Told","code":1}}',
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  flags = ['--endpoint', url, '--api-key', 'k', '--model', 'm', '--out', out];
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true });
});

const run = (source: string, ...more: readonly string[]) =>
  pixtral(['batch', join(folder, source), 'Which colour?', ...flags, ...more]);

async function ids(): Promise<readonly unknown[]> {
  const [, ...lines] = (await readFile(out, 'utf8')).trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line).id).sort();
}

describe('pixtral batch', () => {
  it('asks about the pictures of a folder, known by their content, and goes on with new ones', async () => {
    const first = await run('in', '--json');
    expect(first.stderr).toContain('2 of 2');
    expect(JSON.parse(first.stdout)).toMatchObject({ total: 2, done: 2, failed: 0, promptTokens: 20 });
    expect(first.code).toBe(0);
    const second = await run('in', '--recursive');
    expect(second.stdout).toContain('3 of 3 answered, 0 failed');
    expect(second.stdout).toContain('2 of them by an earlier run');
    expect(await ids()).toEqual(['a.dat', 'b.png', 'deep/c.png']);
    expect(bodies).toHaveLength(3);
  });

  it('ends with 1 when pictures failed, and asks those again on request', async () => {
    await writeFile(join(folder, 'in', 'broken.png'), RED.subarray(0, 20));
    const { code, stdout, stderr } = await run('in');
    expect([code, stdout]).toEqual([1, expect.stringContaining('2 of 3 answered, 1 failed')]);
    expect(stderr).toContain('broken.png: ');
    await writeFile(join(folder, 'in', 'broken.png'), RED);
    expect((await run('in', '--retry-failed')).code).toBe(0);
    expect(bodies).toHaveLength(3);
  });

  it('takes a manifest with several pictures and questions of their own', async () => {
    const lines = [{ id: 'two', images: ['in/b.png', 'in/a.dat'], question: 'Same?' }, { image: 'in/b.png' }];
    await writeFile(join(folder, 'list.jsonl'), lines.map((line) => JSON.stringify(line)).join('\n'));
    expect((await run('list.jsonl', '--concurrency', '1', '--max-tokens', '7')).code).toBe(0);
    expect(await ids()).toEqual(['in/b.png', 'two']);
    expect(bodies.map((body) => JSON.parse(body).messages[0].content.at(-1).text)).toEqual([
      'Same?',
      'Which colour?',
    ]);
    expect(JSON.parse(bodies[0]!)).toMatchObject({ max_tokens: 7, temperature: 0 });
  });

  it('holds answers to a schema and writes them as JSON', async () => {
    await writeFile(join(folder, 'schema.json'), '{"type":"object"}');
    answer = '{"colour":"red"}';
    expect((await run('in', '--limit', '1', '--schema', join(folder, 'schema.json'))).code).toBe(0);
    expect(JSON.parse(bodies[0]!).structured_outputs).toEqual({ json: { type: 'object' } });
    expect(await readFile(out, 'utf8')).toContain('"answer":{"colour":"red"}');
  });

  it.each([
    ['nowhere', [], 'no such folder or manifest'],
    ['in/deep/..', ['--limit', '0'], '--limit must be a whole number of 1 or more, got "0"'],
    ['empty', [], 'no PNG, JPEG, WebP or GIF in this folder'],
    ['bad.jsonl', [], 'line 2: "image" must be a path'],
    ['in', ['--out', '/nowhere/out.jsonl'], 'cannot be opened'],
  ])('cannot run with %s %j', async (source, more, message) => {
    await mkdir(join(folder, 'empty'));
    await writeFile(join(folder, 'bad.jsonl'), '{"image":"in/b.png"}\n{"picture":"in/b.png"}\n');
    const { code, stderr } = await run(source, ...more);
    expect(stderr).toContain(message);
    expect([code, stderr]).toEqual([2, expect.not.stringContaining('    at ')]);
  });

  it('refuses the results of another question', async () => {
    await run('in');
    const { code, stderr } = await pixtral(['batch', join(folder, 'in'), 'Which shape?', ...flags]);
    expect(stderr).toContain('belongs to other work');
    expect(code).toBe(2);
  });

  it('stops at once with a wrong key', async () => {
    status = 401;
    const { code, stderr } = await run('in');
    expect(stderr).toContain('all items will be refused alike');
    expect(code).toBe(1);
  });

  it('ends in order by Ctrl-C and says how to go on', async () => {
    const list = Array.from({ length: 400 }, (_, n) => JSON.stringify({ id: `${n}`, image: 'in/b.png' }));
    await writeFile(join(folder, 'list.jsonl'), list.join('\n'));
    const args = ['batch', join(folder, 'list.jsonl'), 'Which colour?', ...flags, '--concurrency', '1'];
    const child = spawn(process.execPath, [join(TEST, '..', 'bin', 'pixtral.mjs'), ...args], {
      env: { PATH: process.env.PATH ?? '' },
    });
    onAsked = () => {
      if (bodies.length === 5) child.kill('SIGINT');
    };
    let stdout = '';
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk;
    });
    const [code] = await once(child, 'close');
    expect([code, stdout]).toEqual([130, expect.stringContaining('the same command goes on from here')]);
    expect((await ids()).length).toBe(bodies.length);
  });
});
