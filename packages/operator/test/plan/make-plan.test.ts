import { resolveConfig } from '@pixtral-fleet/infra/config';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makePlan } from '../../src/plan/index.ts';

describe('a plan', () => {
  it('says for each instance type what its GPU memory goes to, without a rest', () => {
    for (const { memory, freeGiB } of makePlan(resolveConfig({})).instanceTypes) {
      const { weightsGiB, activationsGiB, kvCacheGiB, usableGiB, gpuMemoryGiB } = memory;
      expect(weightsGiB + activationsGiB + kvCacheGiB).toBeCloseTo(usableGiB);
      expect(usableGiB + freeGiB).toBeCloseTo(gpuMemoryGiB);
    }
  });

  // 36,677 tokens of KV cache: 8 × 4,160, and 8 × (4,160 + 64 + 128).
  it('counts the pictures of full size that fit a g5.2xlarge', () => {
    const [first] = makePlan(resolveConfig({})).instanceTypes;
    expect(first).toMatchObject({ type: 'g5.2xlarge', fullSizePictures: 8, fullSizeRequests: 8 });
  });

  it('tells the batch that the model server is really started with', () => {
    const entry = { type: 'g5.2xlarge', engineArgs: ['--max-num-seqs', '3'] };
    const [first] = makePlan(resolveConfig({ instanceTypes: [entry] })).instanceTypes;
    expect(first?.maxNumSeqs).toBe(3);
  });

  it('costs the same for an image at half the use as two at full use', () => {
    for (const { usdPerThousand } of makePlan(resolveConfig({})).images) {
      const at = (utilization: number) =>
        usdPerThousand.find((cell) => cell.utilization === utilization)?.usd ?? Number.NaN;
      expect(at(0.3)).toBeCloseTo(2 * at(0.6));
      expect(at(0.1)).toBeCloseTo(10 * at(1));
    }
  });

  it('bills by traffic what goes by traffic, and nothing less for more', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e8 }), fc.integer({ min: 1, max: 1e8 }), (few, more) => {
        const total = (imagesPerMonth: number) =>
          makePlan(resolveConfig({}), { imagesPerMonth }).monthly.total.desired;
        expect(total(few + more)).toBeGreaterThan(total(few));
      }),
      { numRuns: 20 },
    );
  });

  it('compares with the price of an API that it is told', () => {
    const plan = makePlan(resolveConfig({}), { api: { usdPerThousandImages: 2 } });
    expect(plan.apiPrice).toBe('$2 for a thousand pictures, as given');
    for (const { apiUsdPerThousand, breakEven } of plan.images) {
      expect(apiUsdPerThousand).toBe(2);
      expect(breakEven.imagesPerMonth).toBeGreaterThan(0);
    }
  });

  it('stores every precision that the config names, and seeds each', () => {
    const basis = (config: object) =>
      makePlan(resolveConfig(config)).monthly.lines.find(({ item }) => item === 'S3')?.basis;
    expect(basis({})).toContain('18.4 GB');
    const mixed = { instanceTypes: ['g5.2xlarge', { type: 'g6.2xlarge', checkpoint: 'fp8' }] };
    expect(basis(mixed)).toContain('32.8 GB');
  });

  it.each([
    [{ region: 'eu-west-1' }, 'all prices are those of us-east-1; eu-west-1 costs otherwise'],
    [{ capacity: { spot: { onDemandBase: 1 } } }, 'Spot prices are not known here'],
    [
      { capacity: { schedules: [{ name: 'night', cron: '0 20 * * *', min: 0 }] } },
      'schedules are not reckoned in',
    ],
    [{ network: { mode: 'existing', vpcId: 'vpc-0123456789abcdef0' } }, 'what the existing VPC costs is not'],
  ])('says what it leaves out for %j', (config, note) => {
    expect(makePlan(resolveConfig(config)).monthly.notes.join('\n')).toContain(note);
  });

  it('has no pace for the small model, whose shape is another', () => {
    expect(makePlan(resolveConfig({ checkpoint: 'nano', maxModelLen: 16_384 })).images).toEqual([]);
  });

  it.each([
    [{ imagesPerMonth: -1 }, 'imagesPerMonth must be 0 or more, got -1'],
    [{ api: { usdPerMillionIn: -2 } }, 'a price of tokens must be 0 or more, got -2'],
  ])('fails for %j', (options, message) => {
    expect(() => makePlan(resolveConfig({}), options)).toThrow(message);
  });
});
