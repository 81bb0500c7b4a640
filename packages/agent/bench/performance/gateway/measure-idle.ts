import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { bundleAgent } from '../../../../infra/src/bundle/bundle-agent.ts';
import { startInstance } from '../../../test/life/start-instance.ts';
import { type Memory, readMemory } from '../measures.ts';

/** Garbage of the boot is collected by then. */
const SETTLES_MS = 10_000;

/** Memory of a whole agent that has booted and serves nobody: the very bundle that instances get. */
export async function measureIdle(): Promise<Memory> {
  const folder = await mkdtemp(join(tmpdir(), 'pixtral-bench-'));
  try {
    execFileSync('tar', ['-xzf', bundleAgent().file, '-C', folder]);
    const environment = readMemorySettings(await readFile(join(folder, 'pixtral-agent.service'), 'utf8'));
    await using instance = await startInstance({ main: join(folder, 'agent.mjs'), environment });
    await instance.untilReady(200);
    await sleep(SETTLES_MS);
    return await readMemory(instance.pid);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** What the unit sets for the sake of memory. */
function readMemorySettings(unit: string): Readonly<Record<string, string>> {
  const assignments = [...unit.matchAll(/^Environment=(.*)$/gm)].flatMap(([, line = '']) => line.split(' '));
  const pairs = assignments.map((each) => [
    each.slice(0, each.indexOf('=')),
    each.slice(each.indexOf('=') + 1),
  ]);
  const wanted = new Set(['NODE_OPTIONS', 'MALLOC_ARENA_MAX']);
  return Object.fromEntries(pairs.filter(([name]) => wanted.has(name ?? '')));
}
