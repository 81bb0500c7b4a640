import { readCpuMicros } from '../measures.ts';
import type { Served } from '../nginx.ts';
import { drawNoise } from './draw-noise.ts';
import { type Engine, type Load, startEngine, startLoad } from './load.ts';
import type { Address } from './load-process.ts';
import { DIRECT, KEY, type ReverseProxy } from './proxies.ts';

export const HEADERS = { authorization: `Bearer ${KEY}`, 'x-request-timeout-ms': '120000' } as const;

const QUESTION = { type: 'text', text: 'What is this?' } as const;

/** Requests one after another over one connection; what is asked each time. */
export const WORKS = {
  small: {
    title: 'a small request',
    limitMs: 1,
    warmUp: 300,
    count: 400,
    body: () => ({ messages: [{ role: 'user', content: 'Say hello.' }], max_tokens: 8 }),
  },
  picture: {
    title: 'a picture of 1 MiB',
    limitMs: 3,
    warmUp: 30,
    count: 60,
    body: () => ({
      messages: [
        {
          role: 'user',
          content: [
            {
              type: 'image_url',
              image_url: { url: `data:image/png;base64,${drawNoise().toString('base64')}` },
            },
            QUESTION,
          ],
        },
      ],
      max_tokens: 8,
    }),
  },
} as const;
export type WorkName = keyof typeof WORKS;

export interface Latency {
  readonly p50Ms: number;
  /** Over the engine's own of the same round. */
  readonly addedMs: number;
  /** Of the proxy's process; undefined for the engine itself. */
  readonly cpuMicros: number | undefined;
}

/** By work and by name, one of each round. */
export type Latencies = Readonly<Record<WorkName, Readonly<Record<string, readonly Latency[]>>>>;

export async function measureLatency(options: {
  readonly proxies: readonly ReverseProxy[];
  readonly rounds: number;
  readonly folder: string;
}): Promise<Latencies> {
  await using stack = new AsyncDisposableStack();
  const engine: Engine = stack.use(await startEngine({ folder: options.folder, tokens: 1, paceMs: 1 }));
  const load: Load = stack.use(startLoad());
  const targets: { name: string; address: Address; served?: Served }[] = [
    { name: DIRECT, address: { socketPath: engine.socketPath } },
  ];
  for (const { name, start } of options.proxies) {
    const served = stack.use(await start({ folder: options.folder, socketPath: engine.socketPath }));
    targets.push({ name, address: { port: served.port }, served });
  }
  const results: Record<WorkName, Record<string, Latency[]>> = { small: {}, picture: {} };
  for (const [work, { warmUp, count, body }] of Object.entries(WORKS)) {
    const text = JSON.stringify(body());
    for (let round = 0; round < options.rounds; round++) {
      let direct = Number.NaN;
      for (const { name, address, served } of targets) {
        const before = served && (await readCpuMicros(served.pid));
        const order = { kind: 'requests', address, headers: HEADERS, body: text, warmUp, count } as const;
        const { p50Ms } = await load.run(order);
        const after = served && (await readCpuMicros(served.pid));
        if (name === DIRECT) direct = p50Ms;
        const cpuMicros =
          before === undefined || after === undefined ? undefined : (after - before) / (warmUp + count);
        const of = results[work as WorkName];
        of[name] = [...(of[name] ?? []), { p50Ms, addedMs: p50Ms - direct, cpuMicros }];
      }
    }
  }
  return results;
}
