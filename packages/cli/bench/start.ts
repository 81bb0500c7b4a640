import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';

// What it takes to start the command line, as a ratio to a Node that does nothing in the same run: the commands are
// interleaved, so that a busy machine is busy for all of them. Exits with 1 when a median is over its limit.
const ROUNDS = 15;
const BIN = join(dirname(import.meta.dirname), 'bin', 'pixtral.mjs');
const NOTHING = 'node -e 0';
const COMMANDS: Readonly<Record<string, { readonly args: readonly string[]; readonly limitMs?: number }>> = {
  [NOTHING]: { args: ['-e', '0'] },
  'pixtral --help': { args: [BIN, '--help'], limitMs: 150 },
  'pixtral plan': { args: [BIN, 'plan'], limitMs: 1_000 },
};

const times = new Map<string, number[]>();
for (let round = 0; round <= ROUNDS; round++) {
  for (const [name, { args }] of Object.entries(COMMANDS)) {
    const began = performance.now();
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    const ms = performance.now() - began;
    if (status !== 0) throw new Error(`${name} left with ${status}: ${stderr}`);
    // The first round brings the files into memory.
    if (round > 0) times.set(name, [...(times.get(name) ?? []), ms]);
  }
}

const nothing = median(times.get(NOTHING) ?? []);
console.log(`start of the command line, ${ROUNDS} rounds, wall time (median, least to most)`);
for (const [name, { limitMs }] of Object.entries(COMMANDS)) {
  const values = times.get(name) ?? [];
  const middle = median(values);
  const limit = limitMs === undefined ? '' : `, limit ${limitMs} ms`;
  console.log(
    `  ${name.padEnd(16)}${middle.toFixed(0).padStart(5)} ms (${Math.min(...values).toFixed(0)} to ${Math.max(...values).toFixed(0)}), ratio ${(middle / nothing).toFixed(1)}${limit}`,
  );
  if (limitMs !== undefined && middle > limitMs) process.exitCode = 1;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
