import { readFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { EngineCounters } from '../../src/engine/hang-judge.ts';
import { readEngineCounters } from '../../src/engine/read-engine-counters.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const RECORDINGS = new URL('../../../simulator/recordings/0.32.0/', import.meta.url);

const recorded = (name: string) => readFile(new URL(name, RECORDINGS), 'utf8');

async function read(listener: RequestListener): Promise<EngineCounters> {
  await using folder = await temporaryFolder();
  const server = createServer(listener);
  const socket = join(folder.path, 's');
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  try {
    return await readEngineCounters(socket, 500);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

it('vLLM tells what its engine has done', async () => {
  const fresh = await recorded('metrics-fresh.txt');
  const used = await recorded('metrics-after-traffic.txt');
  const before = await read((_, response) => response.end(fresh));
  const after = await read((_, response) => response.end(used));
  expect(before).toEqual({ steps: expect.any(String) });
  expect(after).not.toEqual(before);
  expect(await read((_, response) => response.end(used))).toEqual(after);
});

it('a step that only fills a part of a long prompt in shows', async () => {
  const used = await recorded('metrics-after-traffic.txt');
  const filled = used.replace(/^(vllm:kv_cache_usage_perc\{.*\}) .*$/m, '$1 0.0098');
  expect(filled).not.toBe(used);
  expect(await read((_, response) => response.end(filled))).not.toEqual(
    await read((_, response) => response.end(used)),
  );
});

it('a server without these metrics tells nothing, one that does not answer is silent', async () => {
  expect(await read((_, response) => response.end('vllm:generation_tokens_total{} 1\n'))).toBe('unreadable');
  expect(await read((_, response) => response.writeHead(500).end('no'))).toBe('unreadable');
  expect(await read(() => undefined)).toBe('silent');
  expect(await read((request) => request.socket.destroy())).toBe('silent');
  expect(await readEngineCounters('/nowhere/s', 500)).toBe('silent');
});
