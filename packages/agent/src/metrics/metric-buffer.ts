import type { MetricId } from '@pixtral-fleet/catalog';
import type { MetricSink } from './metric-sink.ts';

/** What has been collected of a metric since it was last taken. */
export type Collected =
  | { readonly kind: 'total'; readonly total: number }
  | {
      readonly kind: 'samples';
      readonly count: number;
      readonly sum: number;
      readonly minimum: number;
      readonly maximum: number;
    }
  /** How often each value was observed, from which CloudWatch makes percentiles. */
  | { readonly kind: 'values'; readonly counts: Map<number, number> };

/** Collects between two publications. Bounded: a metric takes as much memory for a million requests as for a thousand. */
export class MetricBuffer implements MetricSink {
  #collected = new Map<MetricId, Collected>();

  count(id: MetricId, amount = 1): void {
    const before = this.#collected.get(id);
    const total = before?.kind === 'total' ? before.total : 0;
    this.#collected.set(id, { kind: 'total', total: total + amount });
  }

  /** Samples make minimum, maximum and average. */
  sample(id: MetricId, value: number): void {
    const before = this.#collected.get(id);
    this.#collected.set(
      id,
      before?.kind === 'samples'
        ? {
            kind: 'samples',
            count: before.count + 1,
            sum: before.sum + value,
            minimum: Math.min(before.minimum, value),
            maximum: Math.max(before.maximum, value),
          }
        : { kind: 'samples', count: 1, sum: value, minimum: value, maximum: value },
    );
  }

  /** Kept to three digits: half a percent at most is lost. */
  observe(id: MetricId, value: number): void {
    const before = this.#collected.get(id);
    const counts = before?.kind === 'values' ? before.counts : new Map<number, number>();
    const rounded = Number(value.toPrecision(3));
    counts.set(rounded, (counts.get(rounded) ?? 0) + 1);
    this.#collected.set(id, { kind: 'values', counts });
  }

  /** Everything collected so far; collecting begins anew. */
  take(): ReadonlyMap<MetricId, Collected> {
    const taken = this.#collected;
    this.#collected = new Map();
    return taken;
  }
}
