import type { RehearsalEndpoint } from './endpoint-file.ts';

/** The steps of a rehearsal, in the order in which they end. Several overlap, as they do in AWS. */
export const PHASE_NAMES = [
  /** Only with vLLM: its runtime is built, or found in the cache. */
  'runtime',
  'synth',
  'cloud',
  'files',
  'instances',
  'gate',
  'balancer',
  'verify',
  'drill',
  'update',
  'report',
  'destroy',
] as const;

export type PhaseName = (typeof PHASE_NAMES)[number];

/** What a rehearsal tells while it runs. */
export type ProgressEvent =
  | { readonly type: 'phase-start'; readonly phase: PhaseName }
  | { readonly type: 'phase-note'; readonly phase: PhaseName; readonly note: string }
  | {
      readonly type: 'phase-end';
      readonly phase: PhaseName;
      readonly ok: boolean;
      readonly ms: number;
      readonly note?: string;
    }
  | { readonly type: 'setup'; readonly note: string }
  /** With `keep`: the fleet serves until it is told to stop. */
  | { readonly type: 'kept'; readonly endpoint: RehearsalEndpoint; readonly file: string };

export interface PhaseRecord {
  readonly name: PhaseName;
  /** Milliseconds since the rehearsal began. */
  readonly startMs: number;
  readonly ms: number;
  readonly ok: boolean;
}

/** Times the phases and passes on what happens. A phase that is never ended counts as failed. */
export class PhaseLog {
  readonly #began = performance.now();
  readonly #open = new Map<PhaseName, number>();
  readonly #done: PhaseRecord[] = [];
  readonly #emit: (event: ProgressEvent) => void;

  constructor(emit: (event: ProgressEvent) => void) {
    this.#emit = emit;
  }

  /** Milliseconds since the rehearsal began. */
  now(): number {
    return Math.round(performance.now() - this.#began);
  }

  /** @param at time of the clock in milliseconds, for what somebody else timed. @default - now */
  start(phase: PhaseName, at?: number): void {
    if (this.#open.has(phase)) return;
    this.#open.set(phase, this.#sinceBegan(at));
    this.#emit({ type: 'phase-start', phase });
  }

  note(phase: PhaseName, note: string): void {
    this.#emit({ type: 'phase-note', phase, note });
  }

  /** `at`: as of `start`. */
  end(
    phase: PhaseName,
    outcome: { readonly ok: boolean; readonly note?: string | undefined; readonly at?: number | undefined },
  ): void {
    const startMs = this.#open.get(phase);
    if (startMs === undefined) return;
    this.#open.delete(phase);
    const ms = Math.max(0, this.#sinceBegan(outcome.at) - startMs);
    this.#done.push({ name: phase, startMs, ms, ok: outcome.ok });
    this.#emit({
      type: 'phase-end',
      phase,
      ok: outcome.ok,
      ms,
      ...(outcome.note ? { note: outcome.note } : {}),
    });
  }

  #sinceBegan(at: number | undefined): number {
    return at === undefined ? this.now() : Math.round(at - performance.timeOrigin - this.#began);
  }

  /** Runs `work` as a phase: ended well when it returns, as failed when it throws. */
  async run<T>(phase: PhaseName, work: () => Promise<T>, note?: (result: T) => string): Promise<T> {
    this.start(phase);
    try {
      const result = await work();
      this.end(phase, { ok: true, note: note?.(result) });
      return result;
    } catch (error) {
      this.end(phase, { ok: false });
      throw error;
    }
  }

  /** The most recently begun phase that has not ended: where a failure happened. */
  current(): PhaseName | undefined {
    return [...this.#open.keys()].at(-1);
  }

  /** The phase that failed last, when none is open. */
  latestFailed(): PhaseName | undefined {
    return this.#done.findLast(({ ok }) => !ok)?.name;
  }

  failOpen(): void {
    for (const phase of [...this.#open.keys()]) this.end(phase, { ok: false });
  }

  records(): readonly PhaseRecord[] {
    return this.#done.toSorted((a, b) => PHASE_NAMES.indexOf(a.name) - PHASE_NAMES.indexOf(b.name));
  }
}
