import { describe, expect, it } from 'vitest';
import { formatViolations } from '../../src/chaos/format-result.ts';
import type { ChaosKind } from '../../src/chaos/kinds.ts';
import type { StreamRecord } from '../../src/chaos/load/chaos-load.ts';
import type { AttemptOutcome } from '../../src/chaos/load/stream-reading.ts';
import { judgeRun, type PastEvent, summarise } from '../../src/chaos/verdict.ts';

function event(kind: ChaosKind, beganMs: number, recoveredMs: number, number = 1): PastEvent {
  return {
    ...{ number, kind, beganMs, recoveredMs },
    victim: 'i-1',
    terminations: 1,
    openStreams: 4,
    timeline: [{ atMs: beganMs + 5, what: 'it happens' }],
  };
}

let id = 0;

function stream(
  startedMs: number,
  endedMs: number,
  outcome: AttemptOutcome,
  refusals: string[] = [],
): StreamRecord {
  id += 1;
  return {
    ...{ id, startedMs, endedMs, outcome, refusals },
    instanceId: 'i-1',
    detail: '12 of 60 bytes',
    bytes: 100,
  };
}

const judge = (records: StreamRecord[], events: PastEvent[], wantedStreams = 0) =>
  judgeRun({ records, events, wantedStreams });

const rules = (records: StreamRecord[], events: PastEvent[]) =>
  judge(records, events).violations.map(({ rule }) => rule);

describe('what a run must show', () => {
  it('holds when all streams are whole, asked again or not', () => {
    const verdict = judge(
      [stream(0, 900, 'whole'), stream(500, 2_000, 'whole', ['status 503'])],
      [event('spot', 1_000, 3_000)],
      2,
    );
    expect(verdict.violations).toEqual([]);
    expect(verdict.problems).toEqual([]);
  });

  it('lets faults cut, and nothing else: not terminations, not the absence of AWS, not calm times', () => {
    expect(rules([stream(500, 1_500, 'told')], [event('engine-kill', 1_000, 3_000)])).toEqual([]);
    for (const kind of [
      'scale-in',
      'refresh',
      'sigterm',
      'api-hangs',
      'clock-back',
      'target-latency',
    ] as const) {
      expect(rules([stream(500, 1_500, 'told')], [event(kind, 1_000, 3_000)])).toEqual([
        'cut in an orderly termination',
      ]);
    }
    expect(rules([stream(500, 900, 'told')], [event('engine-kill', 1_000, 3_000)])).toEqual([
      'cut in calm times',
    ]);
    expect(rules([stream(3_100, 4_000, 'refused')], [event('engine-kill', 1_000, 3_000)])).toEqual([
      'cut in calm times',
    ]);
  });

  it('never lets anything be cut in silence', () => {
    for (const kind of ['engine-kill', 'agent-kill', 'client-fin', 'client-half-open'] as const) {
      expect(rules([stream(500, 1_500, 'silent')], [event(kind, 1_000, 3_000)])).toEqual(['cut in silence']);
    }
    expect(rules([stream(500, 900, 'silent')], [])).toEqual(['cut in silence']);
  });

  it('takes a client that gave up for told only where nobody else could know', () => {
    expect(rules([stream(500, 1_500, 'own-limit')], [event('client-half-open', 1_000, 3_000)])).toEqual([]);
    expect(rules([stream(500, 1_500, 'own-limit')], [event('client-black-hole', 1_000, 3_000)])).toEqual([]);
    for (const kind of ['target-half-open', 'target-black-hole', 'engine-hang', 'spot'] as const) {
      expect(rules([stream(500, 1_500, 'own-limit')], [event(kind, 1_000, 3_000)])).toEqual([
        'cut in silence',
      ]);
    }
  });

  it('says what the run did not show', () => {
    const idle = { ...event('spot', 1_000, 3_000), openStreams: 0 };
    expect(
      judge([stream(0, 900, 'whole')], [{ ...event('refresh', 0, 1), failure: 'Cancelled' }]).problems,
    ).toEqual(['event 1 (refresh) did not end as it should: Cancelled']);
    expect(judge([stream(0, 900, 'whole')], [idle], 2).problems).toEqual([
      'event 1 (spot) met no open stream on i-1',
      '1 streams were sent, expected 2',
    ]);
  });

  it('lists the streams concerned, with instance and time line', () => {
    const { violations } = judge([stream(500, 1_500, 'silent')], [event('spot', 1_000, 3_000)]);
    expect(formatViolations(violations)).toMatch(
      /stream \d+, 00:00\.5 to 00:01\.5, on i-1: cut in silence: 12 of 60 bytes\n {4}event 1 \(spot of i-1\): 00:01\.0 it happens/,
    );
  });
});

describe('the summary', () => {
  it('counts every stream once, and times each recovery', () => {
    const events = [event('spot', 1_000, 3_000), event('engine-kill', 10_000, 14_000, 2)];
    const { streams } = judge(
      [
        stream(0, 900, 'whole'),
        stream(500, 2_000, 'whole'),
        stream(1_200, 2_500, 'whole', ['status 503', 'status 502']),
        stream(9_000, 10_100, 'told'),
        stream(10_100, 12_000, 'whole'),
      ],
      events,
    );
    expect(summarise({ streams }, events)).toMatchObject([
      {
        kind: 'spot',
        events: 1,
        terminations: 1,
        streams: 2,
        whole: 2,
        askedAgain: 1,
        told: 0,
        firstWholeMs: [1_500],
        recoveryMs: [2_000],
      },
      {
        kind: 'engine-kill',
        terminations: 0,
        streams: 2,
        whole: 1,
        told: 1,
        silent: 0,
        firstWholeMs: [2_000],
        recoveryMs: [4_000],
      },
      { kind: 'calm', streams: 1, whole: 1 },
    ]);
  });
});
