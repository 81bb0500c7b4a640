import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { startCountingServer } from './counting-server.ts';

const ITEMS = 120;
const KILLS = 4;

it('killed several times, a batch records each answer once and asks again only what was not written', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'batch-killed-'));
  const file = join(folder, 'results.jsonl');
  let onAsked = () => {};
  await using server = await startCountingServer(async (question) => {
    onAsked();
    await sleep(2);
    return `re: ${question}`;
  });
  const total = () => [...server.asked.values()].reduce((sum, times) => sum + times, 0);
  const start = () =>
    spawn(
      process.execPath,
      [join(import.meta.dirname, 'batch-process.ts'), server.url, file, String(ITEMS)],
      {
        stdio: ['ignore', 'inherit', 'inherit'],
      },
    );
  try {
    const askedWhenWritten = new Map<string, number | undefined>();
    for (let kill = 1; kill <= KILLS; kill++) {
      const enough = total() + 20;
      const batch = start();
      onAsked = () => {
        if (total() >= enough) batch.kill('SIGKILL');
      };
      const [, signal] = await once(batch, 'exit');
      onAsked = () => {};
      expect(signal).toBe('SIGKILL');
      for (const { id } of await readWhole(file)) askedWhenWritten.set(id, server.asked.get(id));
    }
    const [code] = await once(start(), 'exit');
    expect(code).toBe(0);
    const ids = (await readWhole(file)).map(({ id }) => id);
    expect(ids).toHaveLength(ITEMS);
    expect(new Set(ids).size).toBe(ITEMS);
    expect(server.asked.size).toBe(ITEMS);
    for (const [id, times] of askedWhenWritten) expect([id, server.asked.get(id)]).toEqual([id, times]);
    // In flight, or answered and not yet written, when it was killed: never more than the concurrency each time.
    expect(total()).toBeLessThanOrEqual(ITEMS + KILLS * 4);
    expect(askedWhenWritten.size).toBeGreaterThan(20);
  } finally {
    await rm(folder, { recursive: true });
  }
});

async function readWhole(file: string): Promise<readonly { readonly id: string }[]> {
  const text = await readFile(file, 'utf8');
  const [, ...lines] = text.slice(0, text.lastIndexOf('\n')).split('\n');
  return lines.map((line) => JSON.parse(line));
}
