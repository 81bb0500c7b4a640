import { INSTANCE_TYPES } from '@pixtral-fleet/catalog';
import { ConfigError, resolveConfig } from '@pixtral-fleet/infra/config';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseConfig, renderConfig } from '../../src/init/index.ts';

const optional = <Value>(arbitrary: fc.Arbitrary<Value>) => fc.option(arbitrary, { nil: undefined });
const size = optional(fc.integer({ min: 0, max: 12 }));
const wishes = fc.record({
  region: optional(fc.constantFrom('us-east-1', 'eu-central-1')),
  instanceType: optional(fc.constantFrom(...INSTANCE_TYPES.map(({ name }) => name))),
  network: optional(fc.constantFrom('isolated', 'nat', 'existing')),
  vpcId: optional(fc.constant('vpc-0123456789abcdef0')),
  min: size,
  desired: size,
  max: size,
  monthlyBudgetUsd: optional(fc.integer({ min: 1, max: 100_000 })),
  alarmEmail: optional(fc.constant("o'hara@example.com")),
});

describe('a config by wishes', () => {
  it('is empty for somebody who wishes nothing but the defaults', () => {
    expect(chooseConfig({})).toEqual({});
    expect(
      chooseConfig({ region: 'us-east-1', instanceType: 'g5.2xlarge', network: 'isolated', min: 1, max: 4 }),
    ).toEqual({});
  });

  it('can be deployed, says all that was wished, and reads back as it was written', async () => {
    let made = 0;
    await fc.assert(
      fc.asyncProperty(wishes, async (wished) => {
        let config: ReturnType<typeof chooseConfig>;
        try {
          config = chooseConfig(wished);
        } catch (error) {
          expect(error).toBeInstanceOf(ConfigError);
          return;
        }
        made++;
        const resolved = resolveConfig(config);
        if (wished.region) expect(resolved.region).toBe(wished.region);
        if (wished.instanceType) expect(resolved.instanceTypes[0]?.type).toBe(wished.instanceType);
        if (wished.network) expect(resolved.network.mode).toBe(wished.network);
        for (const field of ['min', 'desired', 'max'] as const) {
          if (wished[field] !== undefined) expect(resolved.capacity[field]).toBe(wished[field]);
        }
        expect(resolved.operations.alarmEmail).toBe(wished.alarmEmail);
        const source = renderConfig(config).replace(
          /^import.*$/m,
          'const defineConfig = (config) => config;',
        );
        const { default: read } = await import(`data:text/javascript,${encodeURIComponent(source)}`);
        expect(read).toEqual(config);
      }),
      { numRuns: 300 },
    );
    expect(made).toBeGreaterThan(5);
  });

  it('takes the best precision that the type holds', () => {
    expect(chooseConfig({ instanceType: 'g4dn.2xlarge' })).toEqual({
      instanceTypes: ['g4dn.2xlarge'],
      checkpoint: 'w4a16',
    });
    expect(chooseConfig({ instanceType: 'g6e.2xlarge' })).toEqual({ instanceTypes: ['g6e.2xlarge'] });
  });

  it('makes a fleet of one from --max 1 alone', () => {
    expect(chooseConfig({ max: 1 })).toEqual({ capacity: { max: 1 } });
    expect(resolveConfig(chooseConfig({ max: 1 })).capacity).toMatchObject({ min: 1, desired: 1, max: 1 });
  });

  it.each([
    [{ min: 5, max: 2 }, 'capacity must have min ≤ desired ≤ max'],
    [{ network: 'existing' as const }, 'vpcId'],
    [{ region: 'europe' }, 'region: must be a region such as us-east-1'],
    [{ instanceType: 'm5.large' }, 'unknown instance type "m5.large"'],
    [{ instanceType: 'g5.xlarge' }, 'vLLM needs 6 vCPUs'],
  ])('fails for %j', (wished, message) => {
    expect(() => chooseConfig(wished)).toThrow(message);
  });

  it('is written for people', () => {
    const config = chooseConfig({ region: 'eu-central-1', max: 8, alarmEmail: 'ops@example.com' });
    expect(renderConfig(config)).toMatchInlineSnapshot(`
      "import { defineConfig } from '@pixtral-fleet/infra/config';

      // Only what differs from the defaults. Every option, with unit and default: docs/configuration.md
      export default defineConfig({
        region: 'eu-central-1',
        capacity: { max: 8 },
        operations: { alarmEmail: 'ops@example.com' },
      });
      "
    `);
  });
});
