import type { DrillEvent } from './run-drill.ts';
import type { DrillStream } from './streaming-load.ts';

/**
 * What a drill must show: no stream ends in silence, none is cut by a drain, and the streams of a killed model server
 * end in an error that says so. Returns the problems in words.
 */
export function judgeDrill(drill: {
  readonly streams: readonly DrillStream[];
  readonly events: readonly DrillEvent[];
}): readonly string[] {
  const problems: string[] = [];
  const { streams, events } = drill;
  if (streams.length === 0) problems.push('no stream was sent');
  const silent = streams.filter((stream) => stream.outcome === 'truncated-silently');
  if (silent.length > 0)
    problems.push(`${silent.length} streams were cut without an error; first: ${silent[0]?.error}`);

  const drained = events.find((event) => event.kind === 'terminate')?.instanceId;
  const cut = streams.filter((stream) => stream.instanceId === drained && stream.outcome !== 'completed');
  if (drained && cut.length > 0)
    problems.push(`${cut.length} streams of ${drained} were cut by its drain; first: ${cut[0]?.error}`);

  const kill = events.find((event) => event.kind === 'kill');
  const onKilled = streams.filter(
    (stream) =>
      stream.instanceId === kill?.instanceId &&
      stream.startedMs <= (kill?.atMs ?? 0) &&
      stream.endedMs >= (kill?.atMs ?? 0),
  );
  if (kill && onKilled.length === 0)
    problems.push(`no stream was open on ${kill.instanceId} when its model server was killed`);

  const unexplained = streams.filter(
    (stream) => stream.outcome === 'errored-clearly' && (!kill || stream.endedMs < kill.atMs),
  );
  if (unexplained.length > 0)
    problems.push(
      `${unexplained.length} streams failed before anything was killed; first: ${unexplained[0]?.error}`,
    );
  return problems;
}
