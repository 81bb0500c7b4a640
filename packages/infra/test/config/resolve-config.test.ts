import { CHECKPOINT_IDS, INSTANCE_TYPES } from '@pixtral-fleet/catalog';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConfigError, resolveConfig } from '../../src/config/index.ts';

describe('defaults', () => {
  it('apply to an empty config', () => {
    expect(resolveConfig({})).toEqual({
      region: 'us-east-1',
      stackName: 'PixtralFleet',
      instanceTypes: ['g5.2xlarge', 'g6.2xlarge', 'g5.4xlarge', 'g6e.2xlarge'].map((type) => ({
        type,
        engineArgs: [],
      })),
      checkpoint: 'w8a8',
      servedModelName: 'pixtral-12b',
      maxModelLen: 17_408,
      maxImages: 4,
      drainTimeoutSeconds: 120,
      hangTimeoutSeconds: 60,
      removal: 'destroy',
      network: { mode: 'isolated', cidr: '10.42.0.0/16', maxAzs: 2, idleTimeoutSeconds: 300 },
      capacity: {
        min: 1,
        desired: 2,
        max: 4,
        reservations: 'first',
        schedules: [],
        updateStrategy: 'launch-before-terminate',
        bakeMinutes: 5,
      },
      scaling: {
        enabled: true,
        targetLoadPercent: 60,
        burstLoadPercent: 120,
        fallbackRequestsPerMinute: 240,
      },
      gateway: {
        pictureBuckets: [],
        requestLimits: {
          maxChoices: 4,
          maxMessages: 256,
          maxTextKiB: 256,
          maxSchemaKiB: 32,
          grammars: false,
        },
      },
      admission: {},
      instance: { rootVolumeGiB: 120 },
      files: { seeder: 'codebuild' },
      operations: {
        canaryMinutes: 0,
        slowFirstTokenSeconds: 15,
        apiKeyMaxAgeDays: 90,
        logRetentionDays: 30,
        prometheusPort: 9_464,
        tags: {},
      },
      security: {},
    });
  });

  it('are resolved once: resolving a resolved config changes nothing', () => {
    const once = resolveConfig({ maxImages: 5, capacity: { min: 1, desired: 1, max: 1 } });
    expect(resolveConfig(once)).toEqual(once);
  });

  it('hold for every valid capacity', () => {
    const ordered = fc
      .tuple(fc.integer({ min: 1, max: 50 }), fc.nat(50), fc.nat(50))
      .map(([min, more, most]) => ({ min, desired: min + more, max: min + more + most }));
    fc.assert(
      fc.property(ordered, (capacity) => {
        expect(resolveConfig({ capacity }).capacity).toMatchObject(capacity);
      }),
    );
  });
});

describe('an unknown option', () => {
  it('is named together with the nearest known one', () => {
    expect(problemOf({ maxModelLength: 8_192 })).toMatchInlineSnapshot(
      `"pixtral.config.ts: unknown option "maxModelLength"; did you mean "maxModelLen"?"`,
    );
  });

  it.each([
    ['instanceType', 'instanceTypes'],
    ['maxmodellen', 'maxModelLen'],
    ['cehckpoint', 'checkpoint'],
    ['aregion', 'region'],
    ['kmaxImages', 'maxImages'],
    ['modelName', 'servedModelName'],
    ['drainTimeout', 'drainTimeoutSeconds'],
  ])('%s is taken for %s', (slip, meant) => {
    expect(problemOf({ [slip]: 1 })).toContain(`did you mean "${meant}"?`);
  });

  it('inside of capacity is told with its place, and compared with the options of capacity', () => {
    expect(problemOf({ capacity: { min: 1, desired: 1, max: 2, maximum: 4 } })).toMatchInlineSnapshot(
      `"pixtral.config.ts: capacity: unknown option "maximum"; did you mean "max"?"`,
    );
  });
});

describe('a wrong value', () => {
  it.each([
    ['region', 'Virginia'],
    ['stackName', '1st'],
    ['servedModelName', 'pixtral 12b'],
    ['checkpoint', 'int8'],
    ['instanceTypes', []],
    ['instanceTypes', 'g5.2xlarge'],
    ['maxModelLen', 0],
    ['maxModelLen', 16_384.5],
    ['maxImages', -1],
    ['network', { cidr: '10.42.0.0' }],
    ['network', { cidr: '10.0.0.0/8' }],
    ['network', { cidr: '10.42.0.0/28' }],
    ['capacity', 2],
    ['capacity', { min: -1, desired: 1, max: 1 }],
    ['drainTimeoutSeconds', '120'],
    ['removal', 'keep'],
    ['revision', 'a b'],
    ['operations', { prometheusPort: 8_080 }],
    ['operations', { prometheusPort: 80 }],
  ])('of %s is refused with its name: %j', (option, value) => {
    expect(problemOf({ [option]: value })).toContain(option);
  });

  it('is told with what is expected and what was got', () => {
    expect(problemOf({ maxImages: '4' })).toMatchInlineSnapshot(
      `"pixtral.config.ts: maxImages: Invalid input: expected number, received string"`,
    );
  });

  it('is told for all options at once', () => {
    const problem = problemOf({ region: 'Virginia', maxImages: -1 });
    expect(problem).toContain('region');
    expect(problem).toContain('maxImages');
  });

  it('that is no object at all is refused', () => {
    for (const value of [undefined, null, 'us-east-1', []]) expect(problemOf(value)).toContain('the config');
  });
});

describe('across options', () => {
  it('fails when the capacity is out of order', () => {
    expect(problemOf({ capacity: { min: 2, desired: 1, max: 4 } })).toMatchInlineSnapshot(
      `"pixtral.config.ts: capacity must have min ≤ desired ≤ max, got min 2, desired 1, max 4"`,
    );
    expect(problemOf({ capacity: { min: 1, desired: 5, max: 4 } })).toContain('desired 5, max 4');
  });

  it('fails when the checkpoint does not fit, with the sizes and the nearest that fit', () => {
    expect(problemOf({ checkpoint: 'bf16', instanceTypes: ['g5.2xlarge'] })).toMatchInlineSnapshot(
      `"pixtral.config.ts: bf16 does not fit g5.2xlarge: bf16 has 23.62 GiB of weights, but vLLM can use 20.56 GiB of the 22.35 GiB of g5.2xlarge (1 × A10G). Nearest that fit: w8a8 on g5.2xlarge, fp8 on g5.2xlarge, bf16 on g6e.2xlarge"`,
    );
  });

  it('fails when an instance type has too few vCPUs for vLLM', () => {
    expect(problemOf({ instanceTypes: ['g6e.xlarge'] })).toMatchInlineSnapshot(
      `"pixtral.config.ts: w8a8 does not fit g6e.xlarge: vLLM needs 6 vCPUs for 1 GPU, g6e.xlarge has 4. Nearest that fit: w8a8 on g6.2xlarge"`,
    );
  });

  it('fails when the context does not fit', () => {
    expect(problemOf({ maxModelLen: 131_072 })).toContain('a context of 131072 tokens needs');
  });

  it('fails when any of several types does not hold the checkpoint', () => {
    expect(problemOf({ checkpoint: 'bf16', instanceTypes: ['g6e.2xlarge', 'g6.2xlarge'] })).toContain(
      'g6.2xlarge',
    );
  });

  it('fails when an instance type is unknown, with the known ones', () => {
    const problem = problemOf({ instanceTypes: ['g5.2xlarg'] });
    expect(problem).toContain('"g5.2xlarg"');
    expect(problem).toContain('g5.2xlarge, ');
  });

  it('fails when an instance type is named twice: EC2 refuses such a group only at deploy', () => {
    expect(problemOf({ instanceTypes: ['g5.2xlarge', 'g6.2xlarge', 'g5.2xlarge'] })).toMatchInlineSnapshot(
      `"pixtral.config.ts: instanceTypes: must not name a type twice"`,
    );
  });

  it('fails when flags of a type are the agent’s, however they are written', () => {
    const withFlags = (...engineArgs: string[]) => ({ instanceTypes: [{ type: 'g5.2xlarge', engineArgs }] });
    expect(problemOf(withFlags('--enforce-eager', '--port', '8000'))).toMatchInlineSnapshot(
      `"pixtral.config.ts: instanceTypes: engineArgs of g5.2xlarge must not hold "--port": the agent sets it, or an option of this config does"`,
    );
    expect(problemOf(withFlags('--served_model_name=x'))).toContain('"--served_model_name=x"');
    expect(resolveConfig(withFlags('--enforce-eager')).instanceTypes[0]?.engineArgs).toEqual([
      '--enforce-eager',
    ]);
  });
});

describe('any config', () => {
  it('resolves or is refused with a ConfigError, never with anything else', () => {
    const anyConfig = fc.record(
      {
        instanceTypes: fc.array(fc.constantFrom(...INSTANCE_TYPES.map(({ name }) => name), 'g9.nano')),
        checkpoint: fc.constantFrom(...CHECKPOINT_IDS, 'int2'),
        maxModelLen: fc.oneof(fc.integer(), fc.constantFrom(1_024, 17_408, 65_536)),
        maxImages: fc.anything(),
        capacity: fc.anything(),
        revision: fc.oneof(fc.string(), fc.constant('main')),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.oneof(anyConfig, fc.anything()), (config) => {
        try {
          const resolved = resolveConfig(config);
          expect(resolveConfig(resolved)).toEqual(resolved);
        } catch (error) {
          expect(error).toBeInstanceOf(ConfigError);
        }
      }),
    );
  });
});

function problemOf(config: unknown): string {
  try {
    resolveConfig(config);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error(`expected a refusal of ${JSON.stringify(config)}`);
}
