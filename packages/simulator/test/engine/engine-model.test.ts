import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { fetchMetrics, metricOf } from '../read-metrics.ts';
import { startSimulator } from '../start-simulator.ts';
import { counting, openStream, post, until } from '../stream.ts';

const A10G = { checkpoint: 'w8a8', instanceType: 'g5.2xlarge' } as const;

/** Of the 13.6 GB that a step reads, at 63 % of 600 GB/s. */
const STEP_MS = 35.9;

describe('a server with an engine model', () => {
  it('speaks at the pace of its weights', async () => {
    await using server = await startSimulator({ engineModel: A10G, engineSpeedup: 2 });
    const began = performance.now();
    const stream = await openStream(server.url, counting(10));
    const first = performance.now();
    await stream.ended;
    const perToken = (performance.now() - first) / 19;
    expect(first - began).toBeGreaterThan(STEP_MS / 2);
    expect(perToken).toBeGreaterThan((STEP_MS / 2) * 0.9);
    expect(perToken).toBeLessThan((STEP_MS / 2) * 1.6);
    expect(stream.said()).toBe('1, 2, 3, 4, 5, 6, 7, 8, 9, 10');
  });

  it('answers many in hardly more time than one', async () => {
    await using server = await startSimulator({ engineModel: A10G }, { maxNumSeqs: 32 });
    const time = async (requests: number) => {
      const began = performance.now();
      const answers = Array.from({ length: requests }, () => post(server.url, counting(5)));
      await Promise.all(answers.map(async (answer) => (await answer).json()));
      return performance.now() - began;
    };
    const one = await time(1);
    expect(await time(32)).toBeLessThan(3 * one);
  });

  it('takes longer for a picture than for a text: vision encoder and 4,160 tokens of prompt', async () => {
    await using server = await startSimulator({ engineModel: A10G, engineSpeedup: 4 });
    const png = await sharp({ create: { width: 1024, height: 1024, channels: 3, background: 'red' } })
      .png()
      .toBuffer();
    const content = [
      { type: 'image_url', image_url: { url: `data:image/png;base64,${png.toString('base64')}` } },
      { type: 'text', text: 'What colour is this picture?' },
    ];
    await (await post(server.url, { messages: [{ role: 'user', content }] })).json();
    const prefill = metricOf(await fetchMetrics(server.url), 'vllm:request_prefill_time_seconds_sum');
    // 4,160 tokens: 1.5 s of INT8 at half of 140 TOP/s, and 0.2 s of vision.
    expect(prefill * 4).toBeGreaterThan(1.5);
    expect(prefill * 4).toBeLessThan(2.3);
  });

  it('waits for KV cache, preempts the newest and still ends everybody', async () => {
    const options = { engineModel: A10G, engineSpeedup: 40, kvTokens: 256 };
    await using server = await startSimulator(options, { maxModelLen: 256, maxNumSeqs: 64 });
    const answers = Array.from({ length: 8 }, () => post(server.url, counting(40)));
    let [most, waited] = [0, 0];
    await until('all answers', async () => {
      const metrics = await fetchMetrics(server.url);
      most = Math.max(most, metricOf(metrics, 'vllm:kv_cache_usage_perc'));
      waited = Math.max(waited, metricOf(metrics, 'vllm:num_requests_waiting'));
      return metricOf(metrics, 'vllm:request_success_total', 'finished_reason="stop"') === 8;
    });
    for (const answer of answers) {
      const body = (await (await answer).json()) as { choices: [{ message: { content: string } }] };
      expect(body.choices[0].message.content).toMatch(/^1, 2, .*, 40$/);
    }
    const metrics = await fetchMetrics(server.url);
    expect(most).toBeGreaterThan(0.5);
    expect(most).toBeLessThanOrEqual(1);
    expect(waited).toBeGreaterThan(0);
    expect(metricOf(metrics, 'vllm:num_preemptions_total')).toBeGreaterThan(0);
    expect(metricOf(metrics, 'vllm:kv_cache_usage_perc')).toBe(0);
  });

  it('gives back the KV cache of a client that leaves', async () => {
    await using server = await startSimulator({ engineModel: A10G, engineSpeedup: 4 });
    const stream = await openStream(server.url, counting(500));
    const usage = async () => metricOf(await fetchMetrics(server.url), 'vllm:kv_cache_usage_perc');
    expect(await usage()).toBeGreaterThan(0);
    stream.leave();
    await until('an empty KV cache', async () => (await usage()) === 0);
  });
});
