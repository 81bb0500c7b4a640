import type { ChaosLoad } from './load/chaos-load.ts';
import type { PlannedEvent } from './schedule.ts';
import type { ChaosVerdict, KindSummary, PastEvent, Violation } from './verdict.ts';

/** Streams that are listed one by one; of a run that goes wrong there are thousands. */
const MOST_LISTED = 20;

export function formatSchedule(schedule: readonly PlannedEvent[], seed: number): string {
  const terminations = schedule.reduce((sum, event) => sum + event.terminations, 0);
  const kinds = schedule.map(({ number, kind }) => `${number} ${kind}`).join(', ');
  return `seed ${seed}: ${schedule.length} events, ${terminations} terminations\n${kinds}`;
}

/** A line when an event is over. */
export function formatEvent(event: PastEvent, of: number, load: ChaosLoad): string {
  const within = load
    .records()
    .filter(({ startedMs, endedMs }) => startedMs <= event.recoveredMs && endedMs >= event.beganMs);
  const count = (outcome: string) => within.filter((stream) => stream.outcome === outcome).length;
  const again = within.filter(({ outcome, refusals }) => outcome === 'whole' && refusals.length > 0).length;
  const ends = [
    `${count('whole')} whole`,
    ...(again > 0 ? [`${again} of them asked again`] : []),
    ...(['told', 'refused', 'own-limit', 'silent'] as const).flatMap((outcome) =>
      count(outcome) > 0 ? [`${count(outcome)} ${outcome}`] : [],
    ),
  ];
  const where = event.victim
    ? ` ${event.victim} (${event.openStreams} streams open)`
    : ` (${event.openStreams} streams open)`;
  return `[${event.number}/${of} ${clock(event.beganMs)}] ${event.kind}${where}: ${ends.join(', ')}; whole again after ${seconds(event.recoveredMs - event.beganMs)}; ${load.ended} streams so far`;
}

/** The streams that broke a rule, with what was done to the fleet meanwhile. */
export function formatViolations(violations: readonly Violation[]): string {
  const lines = violations.slice(0, MOST_LISTED).map(({ stream, rule }) => {
    const { id, startedMs, endedMs, instanceId, detail, event, refusals } = stream;
    const timeline = event
      ? `\n    event ${event.number} (${event.kind}${event.victim ? ` of ${event.victim}` : ''}): ${event.timeline.map(({ atMs, what }) => `${clock(atMs)} ${what}`).join('; ')}`
      : '';
    const before = refusals.length > 0 ? `, refused before: ${refusals.join(', ')}` : '';
    return `  stream ${id}, ${clock(startedMs)} to ${clock(endedMs)}, on ${instanceId ?? 'no instance'}: ${rule}: ${detail}${before}${timeline}`;
  });
  const more = violations.length - lines.length;
  return [...lines, ...(more > 0 ? [`  and ${more} more`] : [])].join('\n');
}

export function formatVerdict(verdict: ChaosVerdict, summaries: readonly KindSummary[]): string {
  const table = summaries.map(
    ({ kind, events, streams, whole, askedAgain, told, silent, recoveryMs }) =>
      `  ${kind.padEnd(18)} ${cell(events)} ${cell(streams)} ${cell(whole)} ${cell(askedAgain)} ${cell(told)} ${cell(silent)}  ${recoveryMs.length > 0 ? `${seconds(median(recoveryMs))} / ${seconds(Math.max(...recoveryMs))}` : ''}`,
  );
  const head = `  ${'kind'.padEnd(18)} events streams  whole  again   told silent  recovery median / longest`;
  return [head, ...table, ...verdict.problems.map((problem) => `problem: ${problem}`)].join('\n');
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}

export function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}

function cell(count: number): string {
  return String(count).padStart(6);
}

/** Minutes and seconds since the load began. */
function clock(ms: number): string {
  const whole = Math.floor(ms / 1_000);
  return `${String(Math.floor(whole / 60)).padStart(2, '0')}:${String(whole % 60).padStart(2, '0')}.${Math.floor((ms % 1_000) / 100)}`;
}
