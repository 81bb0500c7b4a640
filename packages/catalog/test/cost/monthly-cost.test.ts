import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  computeMonthlyCost,
  type FleetSize,
  findInstanceType,
  INSTANCE_TYPES,
  type MonthlyCostOptions,
} from '../../src/index.ts';

const SIZES: readonly FleetSize[] = ['min', 'desired', 'max'];

const count = fc.integer({ min: 0, max: 20 });
const options: fc.Arbitrary<MonthlyCostOptions> = fc
  .record({
    instanceType: fc.constantFrom(...INSTANCE_TYPES),
    sizes: fc.tuple(count, count, count).map((three) => three.toSorted((a, b) => a - b)),
    stoppedInstances: count,
    rootVolumeGiB: fc.integer({ min: 75, max: 500 }),
    interfaceEndpointZones: count,
    natGateways: count,
    storedBytes: fc.integer({ min: 0, max: 100_000_000_000 }),
    groupMetrics: count,
    metricsPerInstance: count,
    alarms: count,
    fastAlarms: count,
    dashboards: count,
    secrets: count,
    keys: count,
    seeding: fc.record({ runs: count, minutes: count }),
    canaryRuns: fc.integer({ min: 0, max: 50_000 }),
    traffic: fc.record({
      requests: fc.integer({ min: 0, max: 100_000_000 }),
      bytesPerRequest: fc.integer({ min: 0, max: 10_000_000 }),
    }),
  })
  .map(({ sizes: [min = 0, desired = 0, max = 0], ...rest }) => ({
    ...rest,
    instances: { min, desired, max },
  }));

describe('the monthly cost', () => {
  it('is the sum of its lines at every size, and no line is below nothing', () => {
    fc.assert(
      fc.property(options, (fleet) => {
        const { lines, total } = computeMonthlyCost(fleet);
        for (const size of SIZES) {
          expect(total[size]).toBeCloseTo(
            lines.reduce((sum, { usd }) => sum + usd[size], 0),
            6,
          );
          for (const { usd } of lines) expect(usd[size]).toBeGreaterThanOrEqual(0);
        }
        expect(new Set(lines.map(({ item }) => item)).size).toBe(lines.length);
      }),
    );
  });

  it('never falls with the number of instances', () => {
    fc.assert(
      fc.property(options, (fleet) => {
        const { total } = computeMonthlyCost(fleet);
        expect(total.min).toBeLessThanOrEqual(total.desired);
        expect(total.desired).toBeLessThanOrEqual(total.max);
      }),
    );
  });

  it.each([
    'stoppedInstances',
    'rootVolumeGiB',
    'interfaceEndpointZones',
    'natGateways',
    'storedBytes',
    'groupMetrics',
    'metricsPerInstance',
    'alarms',
    'fastAlarms',
    'dashboards',
    'secrets',
    'canaryRuns',
  ] as const)('rises with %s, by itself and in one line at most', (field) => {
    fc.assert(
      fc.property(options, fc.integer({ min: 1_000, max: 10_000 }), (fleet, more) => {
        const one = { ...fleet, instances: { min: 1, desired: 1, max: 1 } };
        const before = computeMonthlyCost(one);
        const after = computeMonthlyCost({ ...one, [field]: one[field] + more });
        expect(after.total.desired).toBeGreaterThan(before.total.desired);
        const changed = after.lines.filter(
          ({ item, usd }) => before.lines.find((line) => line.item === item)?.usd.desired !== usd.desired,
        );
        expect(changed).toHaveLength(1);
      }),
    );
  });

  // By hand: 2 × 1.212 × 730; 2 × 120 × 0.08; 4 endpoints × 2 zones × 0.01 × 730; 0.0225 × 730.
  it('has the amounts of a small fleet in us-east-1', () => {
    const { lines } = computeMonthlyCost({
      instanceType: findInstanceType('g5.2xlarge'),
      instances: { min: 1, desired: 2, max: 4 },
      stoppedInstances: 0,
      rootVolumeGiB: 120,
      interfaceEndpointZones: 8,
      natGateways: 0,
      storedBytes: 0,
      groupMetrics: 0,
      metricsPerInstance: 0,
      alarms: 0,
      fastAlarms: 0,
      dashboards: 0,
      secrets: 0,
      keys: 0,
      seeding: { runs: 0, minutes: 0 },
      canaryRuns: 0,
      traffic: { requests: 0, bytesPerRequest: 0 },
    });
    const amounts = Object.fromEntries(lines.map(({ item, usd }) => [item, usd.desired.toFixed(2)]));
    expect(amounts).toEqual({
      'EC2 g5.2xlarge': '1769.52',
      'EBS gp3': '19.20',
      'VPC interface endpoints': '58.40',
      'Load balancer': '16.43',
      'CloudWatch requests': '5.26',
      'CloudWatch logs': '0.21',
    });
  });
});
