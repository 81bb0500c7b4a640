import type { DrillRequest, RehearsalDetails, TargetStateChange } from './rehearsal-details.ts';

/** A state that a target was in. */
export interface TargetSpan {
  readonly instanceId: string;
  readonly state: Exclude<TargetStateChange['state'], 'gone'>;
  readonly startMs: number;
  readonly endMs: number;
}

/** The last moment that anything is known of. */
export function endOfTimeline(details: RehearsalDetails): number {
  const ends = [
    ...details.phases.map((phase) => phase.startMs + phase.ms),
    ...details.instances.flatMap((instance) => instance.phases.map((phase) => phase.startMs + phase.ms)),
    ...details.targetStates.map((change) => change.atMs),
    ...details.requests.map((request) => request.endMs),
    ...details.drillEvents.map((event) => event.atMs),
  ];
  return ends.reduce((latest, end) => Math.max(latest, end), 0);
}

/** Turns changes into spans; the last state of a target lasts until `endMs`. */
export function targetSpans(changes: readonly TargetStateChange[], endMs: number): readonly TargetSpan[] {
  const spans: TargetSpan[] = [];
  const open = new Map<string, TargetStateChange>();
  const close = (begun: TargetStateChange | undefined, at: number) => {
    if (!begun || begun.state === 'gone' || at <= begun.atMs) return;
    spans.push({ instanceId: begun.instanceId, state: begun.state, startMs: begun.atMs, endMs: at });
  };
  for (const change of changes.toSorted((a, b) => a.atMs - b.atMs)) {
    close(open.get(change.instanceId), change.atMs);
    open.set(change.instanceId, change);
  }
  for (const begun of open.values()) close(begun, endMs);
  return spans;
}

/** Rows for requests so that none covers another: each takes the first row that is free again. */
export function packRows(requests: readonly Pick<DrillRequest, 'startMs' | 'endMs'>[]): readonly number[] {
  const freeFrom: number[] = [];
  const rows = new Map<number, number>();
  const order = requests
    .map((_, index) => index)
    .toSorted((a, b) => startOf(requests, a) - startOf(requests, b));
  for (const index of order) {
    const start = startOf(requests, index);
    const free = freeFrom.findIndex((from) => from <= start);
    const row = free === -1 ? freeFrom.length : free;
    freeFrom[row] = Math.max(start, requests[index]?.endMs ?? start);
    rows.set(index, row);
  }
  return requests.map((_, index) => rows.get(index) ?? 0);
}

function startOf(requests: readonly Pick<DrillRequest, 'startMs'>[], index: number): number {
  return requests[index]?.startMs ?? 0;
}
