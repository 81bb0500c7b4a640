import { describe, expect, it } from 'vitest';
import { judgeDrill } from '../../src/drill/drill-verdict.ts';
import type { DrillEvent } from '../../src/drill/run-drill.ts';
import type { DrillStream } from '../../src/drill/streaming-load.ts';

const terminate: DrillEvent = { kind: 'terminate', instanceId: 'i-drained', atMs: 1_000 };
const kill: DrillEvent = { kind: 'kill', instanceId: 'i-killed', atMs: 5_000 };

describe('the verdict of a drill', () => {
  it('finds nothing wrong when drained streams complete and killed ones end in an error', () => {
    const streams = [
      stream({ instanceId: 'i-drained', startedMs: 900, endedMs: 3_000 }),
      stream({ instanceId: 'i-killed', startedMs: 4_000, endedMs: 5_010, outcome: 'errored-clearly' }),
      stream({ instanceId: 'i-other', startedMs: 4_000, endedMs: 7_000 }),
    ];
    expect(judgeDrill({ streams, events: [terminate, kill] })).toEqual([]);
  });

  it('fails when a stream ends without a word', () => {
    const streams = [
      ...good(),
      stream({ outcome: 'truncated-silently', error: 'IncompleteStreamError: 3 of 80' }),
    ];
    expect(judgeDrill({ streams, events: [kill] })).toEqual([
      '1 streams were cut without an error; first: IncompleteStreamError: 3 of 80',
    ]);
  });

  it('fails when the drain cut a stream, even with an error', () => {
    const cut = stream({
      instanceId: 'i-drained',
      endedMs: 6_000,
      outcome: 'errored-clearly',
      error: 'StreamError: gone',
    });
    expect(judgeDrill({ streams: [...good(), cut], events: [terminate, kill] })).toEqual([
      '1 streams of i-drained were cut by its drain; first: StreamError: gone',
    ]);
  });

  it('fails when the kill hit nobody: then it shows nothing', () => {
    expect(judgeDrill({ streams: [stream({ endedMs: 4_000 })], events: [kill] })).toEqual([
      'no stream was open on i-killed when its model server was killed',
    ]);
  });

  it('fails when streams fail before anything was done to the fleet', () => {
    const early = stream({
      instanceId: 'i-other',
      endedMs: 2_000,
      outcome: 'errored-clearly',
      error: 'ApiError: 503',
    });
    expect(judgeDrill({ streams: [...good(), early], events: [kill] })).toEqual([
      '1 streams failed before anything was killed; first: ApiError: 503',
    ]);
  });

  it('fails when there was no load at all', () => {
    expect(judgeDrill({ streams: [], events: [] })).toEqual(['no stream was sent']);
  });
});

function good(): DrillStream[] {
  return [stream({ startedMs: 4_000, endedMs: 5_010, outcome: 'errored-clearly' })];
}

function stream(over: Partial<DrillStream>): DrillStream {
  return {
    id: 1,
    startedMs: 0,
    endedMs: 500,
    instanceId: 'i-killed',
    outcome: 'completed',
    error: undefined,
    ...over,
  };
}
