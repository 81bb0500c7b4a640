import { CLIENTS } from './clients.ts';
import type { PackageFigures } from './package-figures.ts';
import { type Measured, WORKS, type WorkName } from './works.ts';

export interface Goal {
  readonly title: string;
  readonly got: string;
  readonly limit: string;
  readonly met: boolean;
}

const RAW = 'raw undici dispatch';
const OURS = 'this client';

/** The tables, and how the goals for this client came out. */
export function report(
  results: ReadonlyMap<string, readonly Measured[]>,
  figures: PackageFigures,
  { rounds, machine }: { readonly rounds: number; readonly machine: string },
): { readonly text: string; readonly goals: readonly Goal[] } {
  const goals: Goal[] = [];
  const lines = [`${rounds} rounds, interleaved, each cell a process of its own; ${machine}.`];
  for (const work of Object.keys(WORKS) as WorkName[]) {
    const { title, unit, limit } = WORKS[work];
    const values = (client: string) =>
      (results.get(`${work} ${client}`) ?? []).map(({ cpuMicros, maxRssMb }) =>
        work === 'memory' ? maxRssMb : cpuMicros,
      );
    const raw = values(RAW);
    const goal = work === 'memory' ? `${limit} MB` : `${limit}`;
    lines.push('', `| ${title} | ${unit} | least to most | ratio to raw dispatch |`, '|---|---|---|---|');
    for (const client of Object.keys(CLIENTS)) {
      const own = values(client);
      if (own.length === 0) continue;
      const ratios = own.map((value, round) => value / (raw[round] ?? Number.NaN));
      const got = work === 'memory' ? median(own) : median(ratios);
      const spread = `${show(Math.min(...own))} to ${show(Math.max(...own))}`;
      const ratio = `${median(ratios).toFixed(2)} (${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)})`;
      const met = got <= limit;
      const name = client === OURS ? `**${client}** (goal ${goal}: ${met ? 'met' : '**missed**'})` : client;
      lines.push(`| ${name} | ${show(median(own))} | ${spread} | ${ratio} |`);
      if (client === OURS) goals.push({ title, got: got.toFixed(2), limit: goal, met });
    }
  }
  const importMs = median(figures.importMs);
  const spread = `${show(Math.min(...figures.importMs))} to ${show(Math.max(...figures.importMs))}`;
  goals.push({ title: 'import', got: `${show(importMs)} ms`, limit: '80 ms', met: importMs <= 80 });
  const installed = figures.installedMb;
  goals.push({ title: 'installed', got: `${installed.toFixed(1)} MB`, limit: '3 MB', met: installed <= 3 });
  lines.push(
    ...['', '| the compiled package | | goal |', '|---|---|---|'],
    `| import, in a fresh process | ${show(importMs)} ms (${spread}) | 80 ms |`,
    `| with its dependencies (undici, eventsource-parser) | ${installed.toFixed(1)} MB | 3 MB |`,
  );
  return { text: lines.join('\n'), goals };
}

function show(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toFixed(1);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
