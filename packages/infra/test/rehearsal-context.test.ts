import { expect, test } from 'vitest';
import { resolveConfig } from '../src/config/index.ts';
import { applyContext } from '../src/rehearsal-context.ts';

const config = resolveConfig({ maxModelLen: 20_480 });

function apply(context: Readonly<Record<string, unknown>>) {
  return applyContext(config, (key) => context[key]);
}

test('without context the config stays as it is', () => {
  expect(apply({})).toEqual(config);
});

test('another checkpoint changes nothing else but a context that is too long for it', () => {
  expect(apply({ checkpoint: 'nano' })).toEqual({ ...config, checkpoint: 'nano', maxModelLen: 16_384 });
  expect(apply({ checkpoint: 'w4a16' })).toEqual({ ...config, checkpoint: 'w4a16' });
});

test('another checkpoint takes the place of those of single types, with their flags', () => {
  const mixed = resolveConfig({
    instanceTypes: ['g5.2xlarge', { type: 'g6.2xlarge', checkpoint: 'fp8', engineArgs: ['--enforce-eager'] }],
  });
  expect(applyContext(mixed, (key) => (key === 'checkpoint' ? 'nano' : undefined)).instanceTypes).toEqual([
    { type: 'g5.2xlarge', engineArgs: [] },
    { type: 'g6.2xlarge', engineArgs: [] },
  ]);
});

test('fails for a checkpoint that is none, and for one that does not fit', () => {
  expect(() => apply({ checkpoint: 'awq' })).toThrow('unknown checkpoint "awq"; known: bf16,');
  expect(() => apply({ checkpoint: 'bf16' })).toThrow('bf16 does not fit g5.2xlarge');
});

test('fails for fewer instances than the config has at least', () => {
  expect(() => apply({ desiredInstances: 0 })).toThrow(
    'desiredInstances must be a whole number from 1, got 0',
  );
});

test('another context length takes the place of the config’s, and must be one', () => {
  expect(apply({ maxModelLen: '16128' })).toEqual({ ...config, maxModelLen: 16_128 });
  expect(apply({ checkpoint: 'nano', maxModelLen: '16128' }).maxModelLen).toBe(16_128);
  expect(() => apply({ maxModelLen: 'long' })).toThrow(/maxModelLen/);
});
