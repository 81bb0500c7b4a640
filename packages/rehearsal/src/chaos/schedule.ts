import {
  type ChaosKind,
  FAULT_KINDS,
  isTermination,
  TERMINATION_KINDS,
  type TerminationKind,
} from './kinds.ts';
import { seededRandom, shuffle } from './random.ts';

/** Something that is done to the fleet. */
export interface PlannedEvent {
  /** From 1 in the order in which they happen. */
  readonly number: number;
  readonly kind: ChaosKind;
  /** At least 0, below 1: which of the instances in service. */
  readonly pick: number;
  /** Instances that it ends. */
  readonly terminations: number;
  /** Streams that must have ended before it happens. */
  readonly afterStreams: number;
}

export interface ScheduleOptions {
  readonly seed: number;
  /** Instances that are ended in an orderly way, all kinds together. */
  readonly terminations: number;
  /** How often each kind of fault happens. */
  readonly faultRounds: number;
  /** Streams of the whole run: they are spread evenly over the events. */
  readonly streams: number;
  /** Instances of the fleet: a refresh ends so many. */
  readonly instances: number;
  /** Kinds that may happen. @default - all */
  readonly only?: readonly ChaosKind[] | undefined;
}

/** A share of the terminations this large is made by refreshes, which end a whole fleet each. */
const REFRESHED_SHARE = 0.25;

/** What happens in a run, and in which order: the same for the same options. */
export function planSchedule(options: ScheduleOptions): readonly PlannedEvent[] {
  const { seed, streams, instances, only } = options;
  const random = seededRandom(seed);
  const allowed = (kind: ChaosKind) => only === undefined || only.includes(kind);
  const terminations = planTerminations(options, TERMINATION_KINDS.filter(allowed));
  const faults = FAULT_KINDS.filter(allowed).flatMap((kind) =>
    Array.from({ length: options.faultRounds }, () => kind),
  );
  const kinds = shuffle<ChaosKind>([...terminations, ...faults], random);
  return kinds.map((kind, index) => ({
    number: index + 1,
    kind,
    pick: random(),
    terminations: isTermination(kind) ? terminationsOf(kind, instances) : 0,
    afterStreams: Math.floor((index / kinds.length) * streams),
  }));
}

/** At least as many as are asked for: the last refresh may end more. */
function planTerminations(
  { terminations, instances }: ScheduleOptions,
  kinds: readonly TerminationKind[],
): readonly TerminationKind[] {
  const others = kinds.filter((kind) => kind !== 'refresh');
  const refreshes = !kinds.includes('refresh')
    ? 0
    : others.length === 0
      ? Math.ceil(terminations / instances)
      : terminations >= instances
        ? Math.max(1, Math.floor((terminations * REFRESHED_SHARE) / instances))
        : 0;
  const planned: TerminationKind[] = Array.from({ length: refreshes }, () => 'refresh');
  for (
    let left = terminations - refreshes * instances, turn = 0;
    left > 0 && others.length > 0;
    left--, turn++
  ) {
    const kind = others[turn % others.length];
    if (kind) planned.push(kind);
  }
  return planned;
}

function terminationsOf(kind: TerminationKind, instances: number): number {
  return kind === 'refresh' ? instances : 1;
}
