import { measureLag } from './lag.ts';
import { readStreams } from './read-streams.ts';
import { servePinned } from './serve-pinned.ts';

// How far chunks lag behind the simulator's own schedule under load: the simulator on one core in a process of its own,
// the clients in this one.
const STREAMS = 2_000;
const MOST_OVER_PERCENT = 5;

/** About a quarter of a minute each, once all streams have begun. */
const SCENARIOS = [
  { perTokenMs: 200, tokens: 100 },
  { perTokenMs: 100, tokens: 200 },
];

for (const { perTokenMs, tokens } of SCENARIOS) {
  await using server = await servePinned({ firstTokenMs: 100, perTokenMs }, STREAMS);
  // Warms the compiler up.
  await readStreams({ port: server.port, streams: 50, tokens: 20 });
  const before = await server.cpuSeconds();
  const streams = await readStreams({ port: server.port, streams: STREAMS, tokens });
  const cpuSeconds = (await server.cpuSeconds()) - before;
  const { rampMs, overPercent, lagMs, chunksPerSecond } = measureLag(streams, perTokenMs);
  if (overPercent.worst > MOST_OVER_PERCENT) process.exitCode = 1;
  const core = server.pinned ? ', simulator on one core' : '';
  console.log(
    [
      `${STREAMS} streams of ${tokens} tokens, one each ${perTokenMs} ms${core}: ${Math.round(chunksPerSecond)} chunks/s`,
      `  time of a stream over its schedule: p50 ${overPercent.p50.toFixed(1)} %, worst ${overPercent.worst.toFixed(1)} % (goal: at most ${MOST_OVER_PERCENT} %)`,
      `  lag of a chunk: p50 ${lagMs.p50.toFixed(1)} ms, p99 ${lagMs.p99.toFixed(1)} ms, worst ${lagMs.worst.toFixed(1)} ms`,
      `  all streams begun after ${(rampMs / 1_000).toFixed(1)} s; CPU of the simulator: ${((cpuSeconds * 1e6) / (STREAMS * tokens)).toFixed(1)} µs per chunk, requests included`,
    ].join('\n'),
  );
}
