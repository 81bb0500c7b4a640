import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Memory } from '../measures.ts';
import { measureIdle } from './measure-idle.ts';
import { type Latencies, measureLatency } from './measure-latency.ts';
import { measureStreams, type StreamRun } from './measure-streams.ts';
import { canPin, findProxies } from './proxies.ts';

export interface GatewayMeasurements {
  readonly idle: Memory;
  readonly latencies: Latencies;
  readonly streams: readonly StreamRun[];
  readonly skipped: readonly string[];
}

export async function measureGateway(rounds: number): Promise<GatewayMeasurements> {
  const { proxies, skipped } = findProxies();
  if (!canPin()) throw new Error('streams need two cores and taskset: the proxy has one for itself');
  const folder = await mkdtemp(join(tmpdir(), 'pixtral-bench-'));
  const say = (text: string) => process.stderr.write(`${text}\n`);
  try {
    say('an idle agent …');
    const idle = await measureIdle();
    say(`${idle.rss.toFixed(0)} MB; latency …`);
    const latencies = await measureLatency({ proxies, rounds, folder: await mkdtemp(join(folder, 'l-')) });
    say('streams …');
    const streams = await measureStreams({ proxies, folder: await mkdtemp(join(folder, 's-')) });
    return { idle, latencies, streams, skipped };
  } finally {
    await rm(folder, { recursive: true });
  }
}
