import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createStepTime, findCheckpoint, findInstanceType, type StepLoad } from '../../src/index.ts';

const IDLE: StepLoad = { tokens: 1, contextTokens: 0, attentionPairs: 0, picturePatches: [] };

const checkpoint = fc.constantFrom('bf16', 'w8a8', 'fp8', 'w4a16').map(findCheckpoint);
const instanceType = fc
  .constantFrom('g4dn.xlarge', 'g5.2xlarge', 'g5.12xlarge', 'g6.2xlarge', 'g6e.xlarge')
  .map(findInstanceType);
const load = fc.record({
  tokens: fc.integer({ min: 1, max: 2_048 }),
  contextTokens: fc.integer({ min: 0, max: 100_000 }),
  attentionPairs: fc.integer({ min: 0, max: 20_000_000 }),
  picturePatches: fc.array(fc.integer({ min: 1, max: 4_096 }), { maxLength: 4 }),
});

describe('the time of a step', () => {
  it('never falls with tokens, context, attention or pictures', () => {
    fc.assert(
      fc.property(checkpoint, instanceType, load, load, (weights, machine, one, more) => {
        const time = createStepTime(weights, machine);
        const larger: StepLoad = {
          tokens: one.tokens + more.tokens,
          contextTokens: one.contextTokens + more.contextTokens,
          attentionPairs: one.attentionPairs + more.attentionPairs,
          picturePatches: [...one.picturePatches, ...more.picturePatches],
        };
        expect(time(larger)).toBeGreaterThanOrEqual(time(one));
        expect(time(one)).toBeGreaterThan(0);
      }),
    );
  });

  it('is never more for the batch than for its requests one after the other', () => {
    fc.assert(
      fc.property(checkpoint, instanceType, load, load, (weights, machine, one, other) => {
        const time = createStepTime(weights, machine);
        const together: StepLoad = {
          tokens: one.tokens + other.tokens,
          contextTokens: one.contextTokens + other.contextTokens,
          attentionPairs: one.attentionPairs + other.attentionPairs,
          picturePatches: [...one.picturePatches, ...other.picturePatches],
        };
        expect(time(together)).toBeLessThanOrEqual((time(one) + time(other)) * (1 + 1e-9));
      }),
    );
  });

  // llm-d-inference-sim, docs/latency-profiles.md: 13B in bf16 on an L40S, one request.
  it('lies in the published range for bf16 on an L40S', () => {
    const ms = 1_000 * createStepTime(findCheckpoint('bf16'), findInstanceType('g6e.xlarge'))(IDLE);
    expect(ms).toBeGreaterThan(40);
    expect(ms).toBeLessThan(55);
  });

  it.each([
    ['w8a8', 41],
    ['w4a16', 65],
  ])('stays below the ceiling of an A10G with %s: %d tokens per second', (id, ceiling) => {
    const perSecond = 1 / createStepTime(findCheckpoint(id), findInstanceType('g5.2xlarge'))(IDLE);
    expect(perSecond).toBeLessThan(ceiling);
    expect(perSecond).toBeGreaterThan(ceiling / 2);
  });

  it('is that of reading the weights until about 70 answers go on', () => {
    const time = createStepTime(findCheckpoint('w8a8'), findInstanceType('g5.2xlarge'));
    expect(time({ ...IDLE, tokens: 64 })).toBe(time(IDLE));
    expect(time({ ...IDLE, tokens: 2_048 })).toBeGreaterThan(5 * time(IDLE));
  });

  it('is longer with fp8 than with int8 for a prompt on an A10G, which has no FP8', () => {
    const prompt: StepLoad = { ...IDLE, tokens: 2_048 };
    const on = (id: string, machine: string) =>
      createStepTime(findCheckpoint(id), findInstanceType(machine))(prompt);
    expect(on('fp8', 'g5.2xlarge')).toBeCloseTo(2 * on('w8a8', 'g5.2xlarge'), 5);
    expect(on('fp8', 'g6.2xlarge')).toBe(on('w8a8', 'g6.2xlarge'));
  });
});
