import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CHECKPOINTS,
  estimateThroughput,
  findCheckpoint,
  findInstanceType,
  fitCheckpoint,
  GPU_MEMORY_UTILIZATION,
  INSTANCE_TYPES,
  KV_BYTES_PER_TOKEN,
  PUBLISHED_SHARE,
} from '../../src/index.ts';
import { stepTimeOn } from '../../src/pace/step-time.ts';
import { steadyState } from '../../src/pace/throughput.ts';
import { GPUS, PUBLISHED } from './published.ts';

const side = fc.integer({ min: 16, max: 2_048 });
const request = fc.record({
  picture: fc.record({ width: side, height: side }),
  textTokens: fc.integer({ min: 1, max: 500 }),
  answerTokens: fc.integer({ min: 1, max: 1_000 }),
});
/** Pairs that hold at least one such request. The small model has no shape in the arithmetic, which is Pixtral 12B's. */
const pair = fc
  .tuple(fc.constantFrom(...CHECKPOINTS.filter(({ trial }) => !trial)), fc.constantFrom(...INSTANCE_TYPES))
  .filter(
    ([checkpoint, instanceType]) =>
      fitCheckpoint({ checkpoint, instanceType, maxModelLen: 6_000 }).kvTokens >= 6_000,
  );

describe('pictures a second', () => {
  it('never rise with longer answers or questions', () => {
    fc.assert(
      fc.property(
        pair,
        request,
        fc.integer({ min: 1, max: 400 }),
        ([checkpoint, instanceType], one, more) => {
          const rate = (changed: Partial<typeof one>) =>
            estimateThroughput({
              checkpoint,
              instanceType,
              request: { ...one, ...changed },
              maxNumSeqs: 16,
            }).imagesPerSecond;
          expect(rate({ textTokens: one.textTokens + more })).toBeLessThanOrEqual(rate({}) * (1 + 1e-9));
          expect(rate({ answerTokens: one.answerTokens + more })).toBeLessThanOrEqual(rate({}) * (1 + 1e-9));
        },
      ),
    );
  });

  it('never fall with more requests at the same time', () => {
    fc.assert(
      fc.property(pair, request, fc.integer({ min: 1, max: 64 }), ([checkpoint, instanceType], one, few) => {
        const rate = (maxNumSeqs: number) =>
          estimateThroughput({ checkpoint, instanceType, request: one, maxNumSeqs }).imagesPerSecond;
        expect(rate(few + 1)).toBeGreaterThanOrEqual(rate(few) * (1 - 1e-9));
      }),
    );
  });

  it('are bounded by the one thread that prepares pictures: 11.8 of 1024x1024', () => {
    const { imagesPerSecond, bound } = steadyState({
      stepTime: () => 1e-6,
      kvTokens: 1e6,
      request: { picture: { width: 1_024, height: 1_024 }, textTokens: 1, answerTokens: 1 },
      maxNumSeqs: 16,
    });
    expect(imagesPerSecond).toBeCloseTo(11.76, 2);
    expect(bound).toBe('preparation');
  });

  it('fail when the KV cache does not hold one request', () => {
    const options = {
      checkpoint: findCheckpoint('w8a8'),
      instanceType: findInstanceType('g4dn.2xlarge'),
      request: { picture: { width: 1_024, height: 1_024 }, textTokens: 64, answerTokens: 128 },
      maxNumSeqs: 16,
    };
    expect(() => estimateThroughput(options)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: the KV cache of w8a8 on g4dn.2xlarge holds 0 tokens, a request has 4352]`,
    );
  });
});

describe('what was published of Pixtral on other GPUs', () => {
  const shares = PUBLISHED.flatMap(({ gpu, checkpoint: id, page, picture }) => {
    const checkpoint = findCheckpoint(id);
    const stepTime = stepTimeOn(checkpoint, GPUS[gpu], 1);
    const free = GPUS[gpu].memoryGiB * GPU_MEMORY_UTILIZATION * 2 ** 30 - checkpoint.weightBytes;
    const modelled = (width: number, height: number, textTokens: number) =>
      steadyState({
        stepTime,
        kvTokens: free / KV_BYTES_PER_TOKEN,
        request: { picture: { width, height }, textTokens, answerTokens: 128 },
        maxNumSeqs: 256,
      }).imagesPerSecond;
    return [page / modelled(1_680, 2_240, 64), picture / modelled(640, 480, 128)];
  });

  it('lies between the shares of this arithmetic that are told to users', () => {
    expect(Math.min(...shares)).toBeCloseTo(PUBLISHED_SHARE.least, 2);
    expect(Math.max(...shares)).toBeCloseTo(PUBLISHED_SHARE.most, 2);
  });
});
