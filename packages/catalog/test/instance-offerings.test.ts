import { expect, it } from 'vitest';
import { findOfferingZones, INSTANCE_TYPES, OFFERING_REGIONS } from '../src/index.ts';

it('leaves out the zone without g5 in us-east-1', () => {
  expect(findOfferingZones('us-east-1', 'g5.2xlarge')).toEqual(
    ['a', 'b', 'c', 'd', 'f'].map((letter) => `us-east-1${letter}`),
  );
});

it('tells a region without the type from one that is not known', () => {
  expect(findOfferingZones('eu-west-1', 'g6.2xlarge')).toEqual([]);
  expect(findOfferingZones('mars-north-1', 'g6.2xlarge')).toBeUndefined();
});

it('knows every type that a fleet may be made of, and no other', () => {
  for (const { name } of INSTANCE_TYPES) expect(findOfferingZones('us-east-2', name)).toHaveLength(3);
  expect(() => findOfferingZones('us-east-1', 'p5.48xlarge')).toThrow('unknown instance type "p5.48xlarge"');
});

it('names at least two zones or none: a load balancer needs two', () => {
  for (const region of OFFERING_REGIONS) {
    for (const { name } of INSTANCE_TYPES)
      expect(findOfferingZones(region, name)?.length, `${region} ${name}`).not.toBe(1);
  }
});
