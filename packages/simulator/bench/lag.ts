import type { StreamTimes } from './read-streams.ts';

/** How far streams were behind their schedule. */
export interface Lag {
  /** From the first request until all streams had begun, in ms. */
  readonly rampMs: number;
  /** Time of a stream over its schedule, in per cent: of the stream in the middle, and of the worst. */
  readonly overPercent: { readonly p50: number; readonly worst: number };
  /** Of a chunk behind its time, in ms, from when all streams had begun. */
  readonly lagMs: { readonly p50: number; readonly p99: number; readonly worst: number };
  /** Chunks that came in that time, in a second. */
  readonly chunksPerSecond: number;
}

/**
 * The schedule of a stream is a token each `perTokenMs`, and begins where its least late token says: tokens are never
 * early, so no lag is overlooked but one that all tokens of a stream share.
 */
export function measureLag(streams: readonly StreamTimes[], perTokenMs: number): Lag {
  const begun = Math.max(...streams.map(({ tokensMs }) => tokensMs[0] ?? 0));
  const lags: number[] = [];
  const overs: number[] = [];
  for (const { tokensMs } of streams) {
    const start = Math.min(...tokensMs.map((time, index) => time - index * perTokenMs));
    const scheduled = (tokensMs.length - 1) * perTokenMs;
    overs.push((((tokensMs.at(-1) ?? 0) - start) / scheduled - 1) * 100);
    for (const [index, time] of tokensMs.entries()) {
      if (time > begun) lags.push(time - start - index * perTokenMs);
    }
  }
  const ended = Math.max(...streams.map(({ tokensMs }) => tokensMs.at(-1) ?? 0));
  return {
    rampMs: begun - Math.min(...streams.map(({ sentMs }) => sentMs)),
    overPercent: { p50: share(overs, 0.5), worst: share(overs, 1) },
    lagMs: { p50: share(lags, 0.5), p99: share(lags, 0.99), worst: share(lags, 1) },
    chunksPerSecond: (lags.length * 1_000) / (ended - begun),
  };
}

/** The value that so many are not above. */
function share(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(part * (sorted.length - 1))] ?? 0;
}
