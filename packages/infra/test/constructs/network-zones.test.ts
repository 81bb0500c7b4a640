import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planZones } from '../../src/constructs/network-zones.ts';

const US_EAST_1 = ['a', 'b', 'c', 'd', 'e', 'f'].map((letter) => `us-east-1${letter}`);

describe('the zones of a VPC', () => {
  it('are the first that have the most wanted type', () => {
    expect(
      planZones({
        region: 'us-east-1',
        available: ['us-east-1e', 'us-east-1a', 'us-east-1f', 'us-east-1b'],
        instanceTypes: ['g5.2xlarge', 'g6e.2xlarge'],
        maxAzs: 2,
      }),
    ).toEqual({ zones: ['us-east-1a', 'us-east-1f'], warning: undefined });
  });

  it('are filled up with those that have a type further down the list', () => {
    const { zones } = planZones({
      region: 'ap-northeast-2',
      available: ['a', 'b', 'c', 'd'].map((letter) => `ap-northeast-2${letter}`),
      instanceTypes: ['g6e.2xlarge', 'g5.2xlarge'],
      maxAzs: 3,
    });
    expect(zones).toEqual(['ap-northeast-2a', 'ap-northeast-2b', 'ap-northeast-2c']);
  });

  it('always have a type of the fleet, whatever is wanted', () => {
    const types = fc.uniqueArray(fc.constantFrom('g4dn.2xlarge', 'g5.2xlarge', 'g6.2xlarge', 'g6e.2xlarge'), {
      minLength: 1,
    });
    fc.assert(
      fc.property(types, fc.integer({ min: 2, max: 6 }), (instanceTypes, maxAzs) => {
        const { zones } = planZones({ region: 'us-east-1', available: US_EAST_1, instanceTypes, maxAzs });
        expect(zones).not.toContain('us-east-1e');
        expect(zones?.length).toBeLessThanOrEqual(maxAzs);
        expect(zones?.length).toBeGreaterThanOrEqual(2);
      }),
    );
  });
});

describe('left to the CDK with a warning that names the doctor', () => {
  it.each([
    [
      'in a region that the table does not know',
      { region: 'mars-north-1', available: ['mars-north-1a', 'mars-north-1b'] },
      'nothing is known about mars-north-1',
    ],
    [
      'where the account has no two zones with the types',
      { region: 'us-east-1', available: ['us-east-1a', 'us-east-1e'] },
      'of us-east-1a, us-east-1e only us-east-1a had g5.2xlarge',
    ],
    [
      'where the zones are the first pass of a look-up',
      { region: 'us-east-1', available: ['dummy1a', 'dummy1b', 'dummy1c'] },
      'not known at synth',
    ],
  ])('%s', (_where, question, why) => {
    const plan = planZones({ instanceTypes: ['g5.2xlarge'], maxAzs: 2, ...question });
    expect(plan.zones).toBeUndefined();
    expect(plan.warning).toContain(why);
    expect(plan.warning).toContain('pixtral doctor');
  });
});
