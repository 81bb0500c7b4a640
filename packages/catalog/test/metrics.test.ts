import { expect, expectTypeOf, test } from 'vitest';
import { METRICS, type MetricDefinition, type MetricId } from '../src/index.ts';

test('every metric has a name of its own that CloudWatch takes', () => {
  expectTypeOf(METRICS).toExtend<Readonly<Record<MetricId, MetricDefinition>>>();
  const names = Object.values(METRICS).map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(name).toMatch(/^[A-Z][A-Za-z]{1,254}$/);
});
