import { readCpuMicros, readMemory } from '../measures.ts';
import { startEngine, startLoad } from './load.ts';
import type { Address } from './load-process.ts';
import { HEADERS } from './measure-latency.ts';
import type { StreamDelays } from './open-streams.ts';
import { DIRECT, type ReverseProxy } from './proxies.ts';

export const STREAMS = 2_000;
export const PACE_MS = 200;
const TOKENS = 50;

/**
 * 2,000 answers at once take a GPU longer than two minutes, which admission knows, and refuses the last 50 in time. Here the
 * gateway is measured, and not what it refuses.
 */
const PATIENT = { 'x-request-timeout-ms': '3600000' } as const;

/** The proxy alone on the first core; engine and clients share the second. */
const CORES = { proxy: 0, others: 1 } as const;

export interface StreamRun extends StreamDelays {
  readonly name: string;
  /** Of one core, over the time of the streams. */
  readonly cpuShare: number | undefined;
  readonly cpuMicrosPerChunk: number | undefined;
  /** The most that was seen, in MB. */
  readonly rssMb: number | undefined;
}

/** All streams at the same time, through each in turn. */
export async function measureStreams(options: {
  readonly proxies: readonly ReverseProxy[];
  readonly folder: string;
  readonly streams?: number;
}): Promise<readonly StreamRun[]> {
  await using stack = new AsyncDisposableStack();
  const engine = stack.use(
    await startEngine({ folder: options.folder, tokens: TOKENS, paceMs: PACE_MS, core: CORES.others }),
  );
  const load = stack.use(startLoad(CORES.others));
  const run = (address: Address) =>
    load.run({
      kind: 'streams',
      address,
      headers: { ...HEADERS, ...PATIENT },
      streams: options.streams ?? STREAMS,
      tokens: TOKENS,
    });
  const runs: StreamRun[] = [];
  const nothing = { cpuShare: undefined, cpuMicrosPerChunk: undefined, rssMb: undefined };
  runs.push({ ...(await run({ socketPath: engine.socketPath })), ...nothing, name: DIRECT });
  for (const { name, start } of options.proxies) {
    await using served = await start({ ...options, socketPath: engine.socketPath, core: CORES.proxy });
    let rssMb = 0;
    const watch = setInterval(async () => {
      rssMb = Math.max(rssMb, (await readMemory(served.pid)).rss);
    }, 500);
    const before = await readCpuMicros(served.pid);
    const beganAt = performance.now();
    try {
      const delays = await run({ port: served.port });
      const cpuMicros = (await readCpuMicros(served.pid)) - before;
      const cpuShare = cpuMicros / 1_000 / (performance.now() - beganAt);
      runs.push({ ...delays, name, cpuShare, cpuMicrosPerChunk: cpuMicros / delays.chunks, rssMb });
    } finally {
      clearInterval(watch);
    }
  }
  return runs;
}
