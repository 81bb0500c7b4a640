import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CHECKPOINTS,
  type Checkpoint,
  findCheckpoint,
  findInstanceType,
  fitCheckpoint,
  INSTANCE_TYPES,
  usdPerThousandImages,
} from '../src/index.ts';

describe('whether a checkpoint fits', () => {
  it('refuses bf16 on a g5.2xlarge with the sizes and the nearest choices', () => {
    const fit = fitCheckpoint({ ...pair('bf16', 'g5.2xlarge'), maxModelLen: 16_384 });
    expect(fit.reasons).toMatchInlineSnapshot(`
      [
        "bf16 has 23.62 GiB of weights, but vLLM can use 20.56 GiB of the 22.35 GiB of g5.2xlarge (1 × A10G)",
      ]
    `);
    expect(fit.nearest).toMatchInlineSnapshot(`
      [
        {
          "checkpoint": "w8a8",
          "instanceType": "g5.2xlarge",
        },
        {
          "checkpoint": "fp8",
          "instanceType": "g5.2xlarge",
        },
        {
          "checkpoint": "bf16",
          "instanceType": "g6e.2xlarge",
        },
      ]
    `);
  });

  it('takes w8a8 on a g5.2xlarge with the context of the default config', () => {
    const fit = fitCheckpoint({ ...pair('w8a8', 'g5.2xlarge'), maxModelLen: 16_384 });
    expect(fit).toMatchObject({ fits: true, reasons: [], nearest: [] });
    expect(fit.kvTokens).toBeGreaterThan(30_000);
  });

  it('refuses a context that the KV cache cannot hold, saying how much is left', () => {
    const fit = fitCheckpoint({ ...pair('w8a8', 'g5.2xlarge'), maxModelLen: 65_536 });
    expect(fit.reasons).toMatchInlineSnapshot(`
      [
        "a context of 65536 tokens needs 10.00 GiB of KV cache, but 5.60 GiB (36677 tokens) are left of 20.56 GiB after 13.47 GiB of weights on g5.2xlarge",
      ]
    `);
  });

  it('refuses four vCPUs', () => {
    const fit = fitCheckpoint({ ...pair('w4a16', 'g5.xlarge'), maxModelLen: 8_192 });
    expect(fit.reasons).toEqual(['vLLM needs 6 vCPUs for 1 GPU, g5.xlarge has 4']);
  });

  it('refuses a context that the model was not made for', () => {
    const fit = fitCheckpoint({ ...pair('nano', 'g5.2xlarge'), maxModelLen: 32_768 });
    expect(fit.reasons).toEqual(['nano was made for a context of 16384 tokens, maxModelLen is 32768']);
  });

  it('takes bf16 where 48 GB are', () => {
    expect(fitCheckpoint({ ...pair('bf16', 'g6e.2xlarge'), maxModelLen: 32_768 }).fits).toBe(true);
  });

  it('never gets better with a longer context, nor worse with lighter weights', () => {
    const context = fc.integer({ min: 1, max: 200_000 });
    fc.assert(
      fc.property(
        fc.constantFrom(...INSTANCE_TYPES),
        fc.constantFrom(...CHECKPOINTS),
        context,
        context,
        (instanceType, checkpoint, a, b) => {
          const shorter = fitCheckpoint({ checkpoint, instanceType, maxModelLen: Math.min(a, b) });
          const longer = fitCheckpoint({ checkpoint, instanceType, maxModelLen: Math.max(a, b) });
          if (longer.fits) expect(shorter.fits).toBe(true);
          const light: Checkpoint = { ...checkpoint, weightBytes: checkpoint.weightBytes / 2 };
          expect(
            fitCheckpoint({ checkpoint: light, instanceType, maxModelLen: a }).kvTokens,
          ).toBeGreaterThanOrEqual(fitCheckpoint({ checkpoint, instanceType, maxModelLen: a }).kvTokens);
        },
      ),
    );
  });

  it('suggests only what fits, and no model that is for trials', () => {
    for (const instanceType of INSTANCE_TYPES) {
      for (const checkpoint of CHECKPOINTS.filter(({ trial }) => !trial)) {
        for (const near of fitCheckpoint({ checkpoint, instanceType, maxModelLen: 16_384 }).nearest) {
          expect(near.checkpoint).not.toBe('nano');
          expect(
            fitCheckpoint({ ...pair(near.checkpoint, near.instanceType), maxModelLen: 16_384 }).fits,
          ).toBe(true);
        }
      }
    }
  });
});

describe('look-ups', () => {
  it('fail with the names that are known', () => {
    expect(() => findInstanceType('p2.xlarge')).toThrow(
      /^unknown instance type "p2.xlarge"; known: g4dn.xlarge, /,
    );
    expect(() => findCheckpoint('awq')).toThrow(
      'unknown checkpoint "awq"; known: bf16, w8a8, fp8, w4a16, nano',
    );
  });
});

describe('dollars for a thousand pictures', () => {
  it('follow from price, rate and utilization', () => {
    expect(usdPerThousandImages({ usdPerHour: 3.6, imagesPerSecond: 1 })).toBeCloseTo(1);
    expect(usdPerThousandImages({ usdPerHour: 3.6, imagesPerSecond: 2, utilization: 0.5 })).toBeCloseTo(1);
  });

  it('fail for rates that make no sense', () => {
    expect(() => usdPerThousandImages({ usdPerHour: 1, imagesPerSecond: 0 })).toThrow(
      'imagesPerSecond must be above 0, got 0',
    );
    expect(() => usdPerThousandImages({ usdPerHour: 1, imagesPerSecond: 1, utilization: 2 })).toThrow(
      'utilization must be above 0 and at most 1, got 2',
    );
  });
});

function pair(checkpoint: string, instanceType: string) {
  return { checkpoint: findCheckpoint(checkpoint), instanceType: findInstanceType(instanceType) };
}
