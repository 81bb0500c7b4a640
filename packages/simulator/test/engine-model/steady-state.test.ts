import {
  countImageTokens,
  createStepTime,
  estimateThroughput,
  findCheckpoint,
  findInstanceType,
  fitCheckpoint,
} from '@pixtral-fleet/catalog';
import { describe, expect, it } from 'vitest';
import { Batch } from '../../src/engine-model/batch.ts';
import { KvBlocks } from '../../src/engine-model/kv-blocks.ts';

const TEXT_TOKENS = 64;
const ANSWER_TOKENS = 128;

/** Requests that end after the batch has settled: enough that where each of them stands no longer matters. */
const WARM_UP = 64;
const COUNTED = 256;

describe('the estimate of the catalog', () => {
  // The formula has no chunks of prompts and no order: what that changes is at most this much.
  it.each([
    ['w8a8', 'g5.2xlarge', 512],
    ['w8a8', 'g5.2xlarge', 1_024],
    ['w4a16', 'g5.2xlarge', 1_024],
    ['fp8', 'g6.2xlarge', 512],
    ['bf16', 'g6e.2xlarge', 1_024],
  ])('agrees within 20 percent with the batch, step by step: %s on %s, %d pixels', (id, type, side) => {
    const checkpoint = findCheckpoint(id);
    const instanceType = findInstanceType(type);
    const estimate = estimateThroughput({
      checkpoint,
      instanceType,
      request: {
        picture: { width: side, height: side },
        textTokens: TEXT_TOKENS,
        answerTokens: ANSWER_TOKENS,
      },
      maxNumSeqs: 16,
    });
    const ratio = simulate(id, type, side) / estimate.imagesPerSecond;

    expect(ratio).toBeGreaterThan(0.9);
    expect(ratio).toBeLessThan(1.2);
  });
});

/** Requests a second of a batch that always has enough of them waiting. */
function simulate(id: string, type: string, side: number): number {
  const checkpoint = findCheckpoint(id);
  const instanceType = findInstanceType(type);
  const { kvTokens } = fitCheckpoint({ checkpoint, instanceType, maxModelLen: 8_192 });
  const batch = new Batch({ maxNumSeqs: 16, maxNumBatchedTokens: 2_048 }, new KvBlocks(kvTokens));
  const stepTime = createStepTime(checkpoint, instanceType);
  const tokens = countImageTokens({ width: side, height: side });
  const request = {
    promptTokens: tokens + TEXT_TOKENS,
    cachedTokens: 0,
    pictures: [{ tokens, patches: (side / 16) ** 2 }],
    answerTokens: ANSWER_TOKENS,
    choices: 1,
  };
  let [seconds, begun, ended] = [0, 0, 0];
  while (ended < WARM_UP + COUNTED) {
    while (batch.waiting < 16) batch.add(request);
    const step = batch.plan();
    if (!step) throw new Error('the batch is empty, though requests wait');
    seconds += stepTime(step.load);
    ended += batch.complete(step).filter((sequence) => sequence.finished).length;
    if (ended <= WARM_UP) begun = seconds;
  }
  return COUNTED / (seconds - begun);
}
