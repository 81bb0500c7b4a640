import { describe, expect, it } from 'vitest';
import { ConfigError, type NetworkConfig, resolveConfig } from '../../src/config/index.ts';

const VPC = 'vpc-0123456789abcdef0';
const CERTIFICATE = 'arn:aws:acm:us-east-1:123456789012:certificate/11111111-2222-3333-4444-555555555555';

describe('a network', () => {
  it('of its own has addresses and zones, and nothing about another VPC', () => {
    expect(resolveConfig({ network: { mode: 'nat' } }).network).toEqual({
      mode: 'nat',
      cidr: '10.42.0.0/16',
      maxAzs: 2,
      idleTimeoutSeconds: 300,
    });
  });

  it('that exists has no addresses of its own', () => {
    expect(resolveConfig({ network: { mode: 'existing', vpcId: VPC } }).network).toEqual({
      mode: 'existing',
      vpcId: VPC,
      createEndpoints: false,
      idleTimeoutSeconds: 300,
    });
  });

  it('has as many zones as are named', () => {
    const availabilityZones = ['us-east-1a', 'us-east-1b', 'us-east-1f'];
    expect(resolveConfig({ network: { availabilityZones } }).network).toMatchObject({
      availabilityZones,
      maxAzs: 3,
    });
  });

  it('is resolved once: resolving a resolved one changes nothing', () => {
    for (const network of [
      { mode: 'nat', availabilityZones: ['us-east-1a', 'us-east-1b'] },
      { mode: 'existing', vpcId: VPC, createEndpoints: true },
      { certificateArn: CERTIFICATE, domain: { name: 'a.example.com', zoneName: 'example.com' } },
    ]) {
      const once = resolveConfig({ network });
      expect(resolveConfig(once)).toEqual(once);
    }
  });

  it('may have no clients but those that the construct is told', () => {
    expect(resolveConfig({ network: { allowedCidrs: [] } }).network.allowedCidrs).toEqual([]);
  });
});

describe('options that do not go together', () => {
  it.each<[string, NetworkConfig, string]>([
    ['addresses for an existing VPC', { mode: 'existing', vpcId: VPC, cidr: '10.1.0.0/16' }, 'network.cidr'],
    ['zones for an existing VPC', { mode: 'existing', vpcId: VPC, maxAzs: 3 }, 'network.maxAzs'],
    ['an existing VPC without its id', { mode: 'existing' }, 'network.vpcId'],
    ['an id without the mode', { vpcId: VPC }, 'network.vpcId'],
    [
      'subnets without the mode',
      { subnetIds: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'] },
      'network.subnetIds',
    ],
    ['endpoints for a VPC of its own', { mode: 'nat', createEndpoints: true }, 'network.createEndpoints'],
    [
      'another number of zones than are named',
      { maxAzs: 2, availabilityZones: ['us-east-1a', 'us-east-1b', 'us-east-1c'] },
      'network.maxAzs',
    ],
    [
      'zones of another region',
      { availabilityZones: ['eu-west-1a', 'eu-west-1b'] },
      'network.availabilityZones',
    ],
    [
      'a certificate of another region',
      { certificateArn: CERTIFICATE.replace('us-east-1', 'eu-west-1') },
      'network.certificateArn',
    ],
    [
      'a name outside its zone',
      { domain: { name: 'pixtral.example.com', zoneName: 'internal.example.com' } },
      'network.domain.name',
    ],
    [
      'the id of a zone without its name',
      { domain: { name: 'pixtral.example.com', zoneId: 'Z123' } },
      'network.domain.zoneId',
    ],
  ])('%s', (_what, network, option) => {
    expect(problemOf(network)).toContain(option);
  });

  it('are told with what to do', () => {
    expect(problemOf({ mode: 'existing', vpcId: VPC, cidr: '10.1.0.0/16' })).toMatchInlineSnapshot(
      `"pixtral.config.ts: network.cidr: does not go with mode 'existing'; an existing VPC has its own: leave it out"`,
    );
    expect(problemOf({ vpcId: VPC })).toMatchInlineSnapshot(
      `"pixtral.config.ts: network.vpcId: does not go with mode 'isolated'; it is for mode 'existing': set the mode, or leave it out"`,
    );
    expect(problemOf({ mode: 'existing' })).toMatchInlineSnapshot(
      `"pixtral.config.ts: network.vpcId is missing: mode 'existing' needs the id of the VPC, such as vpc-0123456789abcdef0"`,
    );
    expect(
      problemOf({ domain: { name: 'pixtral.example.com', zoneName: 'internal.example.com' } }),
    ).toMatchInlineSnapshot(
      `"pixtral.config.ts: network.domain.name pixtral.example.com is not inside the zone internal.example.com: expected a name that ends in .internal.example.com"`,
    );
  });
});

describe('a wrong value', () => {
  it.each<[keyof NetworkConfig, unknown]>([
    ['mode', 'public'],
    ['maxAzs', 1],
    ['availabilityZones', ['us-east-1a']],
    ['availabilityZones', ['us-east-1a', 'us-east-1a']],
    ['availabilityZones', ['use1-az1', 'use1-az2']],
    ['vpcId', 'vpc-xyz'],
    ['subnetIds', ['subnet-0123456789abcdef0']],
    ['allowedCidrs', ['0.0.0.0/0']],
    ['allowedCidrs', ['128.0.0.0/1']],
    ['allowedCidrs', ['10.0.0.1']],
    ['certificateArn', 'arn:aws:iam::123456789012:server-certificate/old'],
    ['domain', { name: 'Pixtral' }],
    ['idleTimeoutSeconds', 0],
    ['idleTimeoutSeconds', 4_000],
  ])('of %s is refused with its name: %j', (option, value) => {
    expect(problemOf({ [option]: value })).toContain(`network.${option}`);
  });
});

function problemOf(network: object): string {
  try {
    resolveConfig({ network });
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error(`expected a refusal of ${JSON.stringify(network)}`);
}
