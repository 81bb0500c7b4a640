import { type ChaosKind, isTermination, KIND_FACTS } from './kinds.ts';
import type { StreamRecord } from './load/chaos-load.ts';

/** An event that has happened; times are milliseconds since the load began. */
export interface PastEvent {
  readonly number: number;
  readonly kind: ChaosKind;
  readonly victim: string | undefined;
  readonly terminations: number;
  readonly beganMs: number;
  /** When every instance served again, and the balancer knew. */
  readonly recoveredMs: number;
  /** Streams open on the victim, or on all instances where there is none, when it began. */
  readonly openStreams: number;
  /** Why it did not come to its end as it should. @default - it did */
  readonly failure?: string | undefined;
  readonly timeline: readonly { readonly atMs: number; readonly what: string }[];
}

/** What becomes of a stream when the whole run is known. */
export type StreamFate = 'whole' | 'refused' | 'told' | 'own-limit' | 'silent';

export interface JudgedStream extends StreamRecord {
  readonly fate: StreamFate;
  /** The event in whose time it was open; undefined in calm times. */
  readonly event: PastEvent | undefined;
}

export interface Violation {
  readonly stream: JudgedStream;
  readonly rule: 'cut in silence' | 'cut in an orderly termination' | 'cut in calm times';
}

export interface ChaosVerdict {
  readonly streams: readonly JudgedStream[];
  readonly violations: readonly Violation[];
  /** Why the run proves less than it should, in words. */
  readonly problems: readonly string[];
}

/**
 * What must hold: nothing ends in silence, ever; nothing is cut in an orderly termination or in calm times; faults may cut and
 * must tell. Events do not overlap, and streams of one have ended when the next begins.
 */
export function judgeRun(run: {
  readonly records: readonly StreamRecord[];
  readonly events: readonly PastEvent[];
  /** Streams that there had to be at least. */
  readonly wantedStreams: number;
}): ChaosVerdict {
  const { events, wantedStreams } = run;
  const streams = run.records.map((record) => judgeStream(record, events));
  const violations = streams.flatMap((stream) => {
    const rule = ruleBroken(stream);
    return rule === undefined ? [] : [{ stream, rule }];
  });
  const problems = events
    .filter(({ openStreams }) => openStreams === 0)
    .map(
      ({ number, kind, victim }) =>
        `event ${number} (${kind}) met no open stream${victim ? ` on ${victim}` : ''}`,
    );
  for (const { number, kind, failure } of events) {
    if (failure !== undefined)
      problems.push(`event ${number} (${kind}) did not end as it should: ${failure}`);
  }
  if (streams.length < wantedStreams)
    problems.push(`${streams.length} streams were sent, expected ${wantedStreams}`);
  return { streams, violations, problems };
}

/** In the time of an event: open at some moment between its beginning and the recovery. */
function judgeStream(record: StreamRecord, events: readonly PastEvent[]): JudgedStream {
  const event = events.find(
    ({ beganMs, recoveredMs }) => record.startedMs <= recoveredMs && record.endedMs >= beganMs,
  );
  // A client that gives up by itself was told by nobody, except where nobody but itself can know.
  const mayGiveUp = event !== undefined && KIND_FACTS[event.kind].mayCut === 'own-limit';
  const fate = record.outcome === 'own-limit' && !mayGiveUp ? 'silent' : record.outcome;
  return { ...record, event, fate };
}

function ruleBroken({ fate, event }: JudgedStream): Violation['rule'] | undefined {
  if (fate === 'silent') return 'cut in silence';
  if (fate === 'whole') return undefined;
  if (!event) return 'cut in calm times';
  return KIND_FACTS[event.kind].mayCut === 'none' ? 'cut in an orderly termination' : undefined;
}

/** One line of the page's table. */
export interface KindSummary {
  readonly kind: ChaosKind | 'calm';
  readonly events: number;
  readonly terminations: number;
  readonly streams: number;
  readonly whole: number;
  /** Of the whole ones: refused at first, and asked again. */
  readonly askedAgain: number;
  readonly told: number;
  readonly silent: number;
  /** Milliseconds from an event's beginning to the end of the first whole stream that began after it. */
  readonly firstWholeMs: readonly number[];
  /** Milliseconds from an event's beginning until the fleet was whole. */
  readonly recoveryMs: readonly number[];
}

/** What came of each kind that happened, and of the times between. */
export function summarise(
  { streams }: Pick<ChaosVerdict, 'streams'>,
  events: readonly PastEvent[],
): readonly KindSummary[] {
  const kinds = (Object.keys(KIND_FACTS) as ChaosKind[]).filter((kind) =>
    events.some((event) => event.kind === kind),
  );
  return [...kinds, 'calm' as const].map((kind) => {
    const past = events.filter((event) => event.kind === kind);
    const met = streams.filter(({ event }) => (event?.kind ?? 'calm') === kind);
    const count = (...fates: StreamFate[]) => met.filter(({ fate }) => fates.includes(fate)).length;
    return {
      kind,
      events: past.length,
      terminations: past.reduce(
        (sum, event) => sum + (isTermination(event.kind) ? event.terminations : 0),
        0,
      ),
      streams: met.length,
      whole: count('whole'),
      askedAgain: met.filter(({ fate, refusals }) => fate === 'whole' && refusals.length > 0).length,
      told: count('told', 'refused', 'own-limit'),
      silent: count('silent'),
      firstWholeMs: past.flatMap((event) => firstWhole(streams, event) ?? []),
      recoveryMs: past.map(({ beganMs, recoveredMs }) => recoveredMs - beganMs),
    };
  });
}

function firstWhole(streams: readonly JudgedStream[], event: PastEvent): number | undefined {
  const ends = streams.filter(({ startedMs, fate }) => fate === 'whole' && startedMs >= event.beganMs);
  return ends.length === 0 ? undefined : Math.min(...ends.map(({ endedMs }) => endedMs)) - event.beganMs;
}
