import { findCheckpoint, findInstanceType, fitCheckpoint } from '@pixtral-fleet/catalog';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resolveConfig } from '../src/config/index.ts';
import { planEngine } from '../src/engine-plan.ts';
import { planInstanceConfig } from '../src/instance-config.ts';

const NO_LOCK = { version: 1, models: {} } as const;
const NAMES = {
  bucketName: 'bucket',
  apiKeySecretArn: 'arn:aws:secretsmanager:x',
  logGroupName: '/logs',
  lock: NO_LOCK,
};

function plan(type: string, options: Readonly<Record<string, unknown>> = {}) {
  const config = resolveConfig({ instanceTypes: [type], ...options });
  const [entry] = config.instanceTypes;
  if (!entry) throw new Error('no entry');
  return planEngine(config, entry);
}

function flag(args: readonly string[], name: string): string | undefined {
  const at = args.indexOf(name);
  return at < 0 ? undefined : args[at + 1];
}

describe('the flags of an instance type', () => {
  it.each([
    // Type, checkpoint, what the KV cache holds in usual requests (2,048 tokens), rounded down to eights.
    ['g5.2xlarge', 'w8a8', '16', '2048'],
    ['g6.2xlarge', 'fp8', '16', '2048'],
    ['g4dn.2xlarge', 'w4a16', '8', '2048'],
    ['g6e.2xlarge', 'fp8', '80', '8192'],
    ['g6e.2xlarge', 'bf16', '48', '8192'],
    ['g5.12xlarge', 'bf16', '168', '8192'],
  ])('%s with %s answers %s at the same time, in steps of %s tokens', (type, checkpoint, batch, step) => {
    const { args, maxInFlight } = plan(type, { checkpoint });
    expect(flag(args, '--max-num-seqs')).toBe(batch);
    expect(flag(args, '--max-num-batched-tokens')).toBe(step);
    expect(maxInFlight).toBe(4 * Number(batch));
  });

  it('split the model over all GPUs, and only then', () => {
    expect(flag(plan('g5.12xlarge').args, '--tensor-parallel-size')).toBe('4');
    expect(plan('g5.2xlarge').args).not.toContain('--tensor-parallel-size');
  });

  it('ask for half precision where the GPU has no bf16, and only there', () => {
    expect(flag(plan('g4dn.2xlarge', { checkpoint: 'w4a16' }).args, '--dtype')).toBe('half');
    expect(plan('g5.2xlarge', { checkpoint: 'w4a16' }).args).not.toContain('--dtype');
  });

  it('let a model write no white space between the fields of JSON, since Mistral’s do not stop', () => {
    expect(JSON.parse(flag(plan('g5.2xlarge').args, '--structured-outputs-config') ?? '')).toEqual({
      backend: 'xgrammar',
      disable_any_whitespace: true,
    });
  });

  it('end in those of the config, which win over the others', () => {
    const instanceTypes = [{ type: 'g5.2xlarge', engineArgs: ['--max-num-seqs', '4'] }];
    expect(plan('', { instanceTypes }).args.slice(-2)).toEqual(['--max-num-seqs', '4']);
  });

  it('never promise more than the KV cache holds, for any context that fits', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('g5.2xlarge', 'g6e.2xlarge', 'g5.12xlarge', 'g4dn.2xlarge'),
        fc.integer({ min: 4_416, max: 24_000 }),
        (type, maxModelLen) => {
          const { args } = plan(type, { checkpoint: 'w4a16', maxModelLen });
          const { kvTokens } = fitCheckpoint({
            checkpoint: findCheckpoint('w4a16'),
            instanceType: findInstanceType(type),
            maxModelLen,
          });
          const batch = Number(flag(args, '--max-num-seqs'));
          expect(batch % 8).toBe(0);
          expect(batch * 2_048).toBeLessThanOrEqual(kvTokens);
        },
      ),
    );
  });
});

describe('what an instance is told about other types', () => {
  it('is what differs: precision, flags, and how much is let through', () => {
    const config = resolveConfig({
      instanceTypes: ['g5.2xlarge', 'g5.4xlarge', { type: 'g6e.2xlarge', checkpoint: 'fp8' }],
    });
    const told = planInstanceConfig(config, NAMES);
    expect(told.modelPrefix).toBe('models/RedHatAI/pixtral-12b-quantized.w8a8/main/');
    expect(Object.keys(told.perInstanceType)).toEqual(['g6e.2xlarge']);
    expect(told.perInstanceType['g6e.2xlarge']).toMatchObject({
      modelPrefix: 'models/RedHatAI/pixtral-12b-FP8-dynamic/main/',
      maxInFlight: 320,
      checkpoint: 'fp8',
    });
    expect(told.admission).toEqual({ deadlineSeconds: 120, checkpoint: 'w8a8' });
    expect(flag(told.perInstanceType['g6e.2xlarge']?.engineArgs ?? [], '--max-num-seqs')).toBe('80');
  });

  it('is nothing where all are alike', () => {
    const told = planInstanceConfig(resolveConfig({ instanceTypes: ['g5.2xlarge', 'g5.4xlarge'] }), NAMES);
    expect(told.perInstanceType).toEqual({});
  });
});
