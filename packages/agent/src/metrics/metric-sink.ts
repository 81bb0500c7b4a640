import type { MetricId } from '@pixtral-fleet/catalog';

/** Takes what is measured, in the units of the catalog. Must be quick and must not throw: requests wait for it. */
export interface MetricSink {
  /** Adds to what is counted; 0 says that it is counted and did not happen. */
  count(id: MetricId, amount?: number): void;
  /** The present value of what goes up and down. */
  sample(id: MetricId, value: number): void;
  /** A value of which percentiles are wanted. */
  observe(id: MetricId, value: number): void;
}

/** Tells all of them. */
export function tellAll(...sinks: readonly MetricSink[]): MetricSink {
  return {
    count: (id, amount = 1) => {
      for (const sink of sinks) sink.count(id, amount);
    },
    sample: (id, value) => {
      for (const sink of sinks) sink.sample(id, value);
    },
    observe: (id, value) => {
      for (const sink of sinks) sink.observe(id, value);
    },
  };
}
