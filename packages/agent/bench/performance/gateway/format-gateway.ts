import { describeLoad, median, spread } from '../measures.ts';
import type { Goal, Section } from '../section.ts';
import type { GatewayMeasurements } from './measure-gateway.ts';
import { type Latency, WORKS, type WorkName } from './measure-latency.ts';
import { PACE_MS, STREAMS, type StreamRun } from './measure-streams.ts';
import { DIRECT, GATEWAY } from './proxies.ts';

/** MB of an idle agent. */
const MOST_MEMORY = 120;

export function formatGateway({ idle, latencies, streams, skipped }: GatewayMeasurements): Section {
  const goals: Goal[] = [];
  const reach = (title: string, got: string, limit: string, met: boolean): string => {
    goals.push({ title, got, limit, met });
    return `goal ${limit}: ${met ? 'met' : '**missed**'}`;
  };
  const memory = reach(
    'memory of an idle agent',
    `${idle.rss.toFixed(0)} MB`,
    `${MOST_MEMORY} MB`,
    idle.rss <= MOST_MEMORY,
  );
  const tables = (Object.keys(WORKS) as WorkName[]).flatMap((work) => {
    const { title, limitMs } = WORKS[work];
    const rounds = latencies[work];
    const added = median((rounds[GATEWAY] ?? []).map(({ addedMs }) => addedMs));
    const goal = reach(`${title}, added`, `${added.toFixed(2)} ms`, `${limitMs} ms`, added <= limitMs);
    const rows = Object.entries(rounds).map(([name, each]) => latencyRow(name, each, goal));
    return [
      '',
      `| ${title}, one at a time | p50 ms | added to p50, ms | least to most | CPU µs a request |`,
      '|---|---|---|---|---|',
      ...rows,
    ];
  });
  const cut = streams.find(({ name }) => name === GATEWAY)?.cut ?? STREAMS;
  const goal = reach('streams that were cut', String(cut), '0 cut', cut === 0);
  const text = [
    `The gateway with keys, schema, pictures, admission and log as in production; engine and clients are processes of their own, the engine on a Unix socket; ${describeLoad()}.`,
    '',
    `A whole agent that has booted and serves nobody, as bundled for instances: ${idle.rss.toFixed(0)} MB resident, ${idle.own.toFixed(0)} MB of them its own (${memory}).`,
    ...tables,
    '',
    `| ${STREAMS.toLocaleString('en')} streams at once, a chunk each ${PACE_MS} ms; the proxy on one core, all else on the other | whole | cut | delay of a chunk p50 / p99 / worst, ms | share of its core | CPU µs a chunk | memory, MB |`,
    '|---|---|---|---|---|---|---|',
    ...streams.map((run) => streamRow(run, goal)),
    ...streams.flatMap(({ name, refusal }) =>
      refusal === undefined ? [] : ['', `${name} answered a stream with: ${refusal.split('\r\n')[0]}.`],
    ),
    ...(skipped.length > 0 ? ['', `Skipped: ${skipped.join('; ')}.`] : []),
  ].join('\n');
  return { name: 'gateway', text, goals };
}

function latencyRow(name: string, rounds: readonly Latency[], goal: string): string {
  const title = name === GATEWAY ? `**${name}** (${goal})` : name;
  const p50 = median(rounds.map(({ p50Ms }) => p50Ms)).toFixed(2);
  if (name === DIRECT) return `| ${title} | ${p50} | | | |`;
  const added = rounds.map(({ addedMs }) => addedMs);
  const cpu = median(rounds.map(({ cpuMicros }) => cpuMicros ?? Number.NaN));
  return `| ${title} | ${p50} | ${median(added).toFixed(2)} | ${spread(added, 2)} | ${cpu.toFixed(0)} |`;
}

function streamRow(run: StreamRun, goal: string): string {
  const { name, whole, cut, p50Ms, p99Ms, worstMs, cpuShare, cpuMicrosPerChunk, rssMb } = run;
  const title = name === GATEWAY ? `**${name}** (${goal})` : name;
  const delays = [p50Ms, p99Ms, worstMs].map((each) => each.toFixed(1)).join(' / ');
  const share = cpuShare === undefined ? '' : `${(cpuShare * 100).toFixed(0)} %`;
  return `| ${title} | ${whole} | ${cut} | ${delays} | ${share} | ${cpuMicrosPerChunk?.toFixed(1) ?? ''} | ${rssMb?.toFixed(0) ?? ''} |`;
}
