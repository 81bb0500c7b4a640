import { describe, expect, it } from 'vitest';
import { ZONES, zonesOf } from './network-template.ts';
import { synthesise, synthesiseWithWarnings } from './synthesise.ts';

describe('the zones', () => {
  it('are those that have the instance types', () => {
    const { template, warnings } = synthesiseWithWarnings(
      { instanceTypes: ['g5.2xlarge'] },
      { [ZONES]: ['us-east-1e', 'us-east-1c', 'us-east-1f'] },
    );
    expect(zonesOf(template)).toEqual(['us-east-1c', 'us-east-1f']);
    expect(warnings.join()).not.toContain('pixtral doctor');
  });

  it('are the CDK’s with a warning where nothing is known about them', () => {
    const { template, warnings } = synthesiseWithWarnings(
      {},
      { [ZONES]: ['us-east-1e', 'us-east-1g', 'us-east-1h'] },
    );
    expect(zonesOf(template)).toEqual(['us-east-1e', 'us-east-1g']);
    expect(warnings.join()).toContain('pixtral doctor');
  });

  it('are those of the config, whatever types are where', () => {
    const template = synthesise(
      { network: { availabilityZones: ['us-east-1b', 'us-east-1e'] } },
      { [ZONES]: ['us-east-1a', 'us-east-1b', 'us-east-1e'] },
    );
    expect(zonesOf(template)).toEqual(['us-east-1b', 'us-east-1e']);
  });

  it('fail when the account does not have those of the config', () => {
    expect(() =>
      synthesise(
        { network: { availabilityZones: ['us-east-1b', 'us-east-1f'] } },
        { [ZONES]: ['us-east-1a', 'us-east-1b'] },
      ),
    ).toThrow('this account has no us-east-1f; it has us-east-1a, us-east-1b');
  });
});
