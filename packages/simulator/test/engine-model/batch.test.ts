import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Batch } from '../../src/engine-model/batch.ts';
import { BLOCK_TOKENS, blocksFor, KvBlocks } from '../../src/engine-model/kv-blocks.ts';
import type { SequenceSize } from '../../src/engine-model/sequence.ts';

const LIMITS = { maxNumSeqs: 8, maxNumBatchedTokens: 64 };

describe('a batch', () => {
  it('ends every request, and never holds more blocks than there are', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 4, max: 40 }),
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 1, max: 100 }),
        fc.array(
          fc.record({
            prompt: fc.nat(),
            answer: fc.nat(),
            cached: fc.nat(),
            arrives: fc.integer({ min: 0, max: 30 }),
            leaves: fc.option(fc.integer({ min: 0, max: 60 })),
          }),
          { minLength: 1, maxLength: 12 },
        ),
        (blocks, maxNumSeqs, maxNumBatchedTokens, requests) => {
          const kv = new KvBlocks(blocks * BLOCK_TOKENS);
          const batch = new Batch({ maxNumSeqs, maxNumBatchedTokens }, kv);
          const fitting = requests.map((request) => sizeWithin(blocks * BLOCK_TOKENS, request));
          const tokens = fitting.map(() => 0);
          const gone = new Set<number>();
          const added = new Map<number, ReturnType<typeof batch.add>>();
          for (let step = 0; step < 20_000; step++) {
            for (const [index, request] of requests.entries()) {
              const size = fitting[index];
              if (size && request.arrives === step) added.set(index, batch.add(size));
            }
            const planned = batch.plan();
            // Clients leave while a step is under way.
            for (const [index, request] of requests.entries()) {
              const sequence = added.get(index);
              if (request.leaves !== step || !sequence || sequence.finished) continue;
              batch.remove(sequence);
              gone.add(index);
            }
            expect(kv.used).toBeLessThanOrEqual(kv.total);
            expect(batch.running).toBeLessThanOrEqual(maxNumSeqs);
            if (planned) {
              expect(planned.parts.reduce((sum, part) => sum + part.tokens, 0)).toBeLessThanOrEqual(
                maxNumBatchedTokens,
              );
              for (const sequence of batch.complete(planned)) {
                const index = fitting.indexOf(sequence.work);
                expect(gone.has(index)).toBe(false);
                tokens[index] = (tokens[index] ?? 0) + 1;
              }
            }
            expect(kv.used).toBeGreaterThanOrEqual(0);
            if (step > 30 && !planned) break;
          }
          expect([batch.running, batch.waiting, kv.used]).toEqual([0, 0, 0]);
          for (const [index, size] of fitting.entries()) {
            if (!gone.has(index)) expect(tokens[index]).toBe(size.answerTokens);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('lets a prompt wait until all of it fits, and keeps the order', () => {
    const kv = new KvBlocks(6 * BLOCK_TOKENS);
    const batch = new Batch(LIMITS, kv);
    batch.add(size(4 * BLOCK_TOKENS, 2));
    batch.add(size(3 * BLOCK_TOKENS, 2));
    batch.add(size(1, 2));
    expect(batch.plan()?.admitted).toHaveLength(1);
    // The third would fit, but not before the second.
    expect([batch.running, batch.waiting, kv.usage]).toEqual([1, 2, 4 / 6]);
  });

  it('preempts the newest when an answer grows beyond the cache, which begins again', () => {
    const kv = new KvBlocks(4 * BLOCK_TOKENS);
    const batch = new Batch(LIMITS, kv);
    const old = batch.add(size(2 * BLOCK_TOKENS, 20));
    const young = batch.add(size(2 * BLOCK_TOKENS, 20));
    run(batch, 1);
    const youngest = batch.add(size(1, 1));
    expect([old.generated, young.generated, kv.usage]).toEqual([1, 1, 1]);
    run(batch, 1);
    expect([old.generated, young.generated]).toEqual([2, 1]);
    expect([batch.preemptions, batch.waiting, young.computed]).toEqual([1, 2, 0]);
    run(batch, 18);
    expect([old.finished, young.finished, youngest.finished]).toEqual([true, false, false]);
    run(batch, 1);
    expect([young.generated, youngest.finished]).toEqual([2, true]);
    run(batch, 100);
    expect([old.finished, young.finished, young.generated, kv.used]).toEqual([true, true, 20, 0]);
  });

  it('computes long prompts in chunks, while others go on', () => {
    const batch = new Batch(LIMITS, new KvBlocks(10_000));
    const speaker = batch.add(size(10, 100));
    run(batch, 1);
    const reader = batch.add(size(150, 1));
    const chunks = [1, 2, 3].map(() => {
      const step = batch.plan();
      if (step) batch.complete(step);
      return step?.load.tokens;
    });
    expect(chunks).toEqual([64, 64, 1 + 150 - 2 * 63]);
    expect([speaker.generated, reader.finished]).toEqual([4, true]);
  });

  it('encodes a picture with the first of its tokens, and not when it is cached', () => {
    const pictures = [
      { tokens: 70, patches: 64 },
      { tokens: 20, patches: 16 },
    ];
    const patchesOf = (cachedTokens: number) => {
      const batch = new Batch(LIMITS, new KvBlocks(10_000));
      batch.add({ ...size(100, 1), pictures, cachedTokens });
      return [1, 2].map(() => {
        const step = batch.plan();
        if (step) batch.complete(step);
        return step?.load.picturePatches;
      });
    };
    expect(patchesOf(0)).toEqual([[64], [16]]);
    expect(patchesOf(64)).toEqual([[16], undefined]);
  });

  it('fails when a request could never be held', () => {
    const batch = new Batch(LIMITS, new KvBlocks(64));
    expect(() => batch.add(size(60, 5))).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: a request of 60 + 5 tokens needs 5 blocks, the KV cache has 4]`,
    );
  });
});

describe('blocks', () => {
  it('are whole, and taken all or not at all', () => {
    const kv = new KvBlocks(47);
    expect([kv.total, blocksFor(0), blocksFor(1), blocksFor(16), blocksFor(17)]).toEqual([2, 0, 1, 1, 2]);
    expect([kv.take(3), kv.used, kv.take(2), kv.usage]).toEqual([false, 0, true, 1]);
  });
});

function size(promptTokens: number, answerTokens: number): SequenceSize {
  return { promptTokens, answerTokens, cachedTokens: 0, pictures: [], choices: 1 };
}

function sizeWithin(
  room: number,
  { prompt, answer, cached }: { readonly prompt: number; readonly answer: number; readonly cached: number },
): SequenceSize {
  const promptTokens = 1 + (prompt % (room - 1));
  return {
    ...size(promptTokens, 1 + (answer % (room - promptTokens))),
    cachedTokens: cached % promptTokens,
  };
}

function run(batch: Batch<SequenceSize>, steps: number): void {
  for (let step = 0; step < steps; step++) {
    const planned = batch.plan();
    if (planned) batch.complete(planned);
  }
}
