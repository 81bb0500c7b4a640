import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { fetchMetrics, metricOf, parseMetrics } from '../read-metrics.ts';
import { startSimulator } from '../start-simulator.ts';
import { counting, openStream, post, until } from '../stream.ts';

const RECORDED = parseMetrics(
  readFileSync(new URL('../../recordings/0.32.0/metrics-fresh.txt', import.meta.url), 'utf8'),
);

describe('metrics', () => {
  it('have the recorded names, types, help, labels and buckets, in the recorded order', async () => {
    await using server = await startSimulator();
    const metrics = await fetchMetrics(server.url);
    expect(metrics.size).toBeGreaterThan(30);
    for (const [name, { type, help, series }] of metrics) {
      const recorded = RECORDED.get(name);
      expect({ name, type, help }).toEqual({ name, type: recorded?.type, help: recorded?.help });
      expect([...series.keys()]).toEqual([...(recorded?.series.keys() ?? [])]);
    }
    const names = [...metrics.keys()];
    expect(names).toEqual([...RECORDED.keys()].filter((name) => metrics.has(name)));
  });

  it('tell the KV cache of an engine model, with all recorded labels', async () => {
    const engineModel = { checkpoint: 'w8a8', instanceType: 'g5.2xlarge' };
    await using server = await startSimulator({ engineModel });
    const [own] = (await fetchMetrics(server.url)).get('vllm:cache_config_info')?.series.keys() ?? [];
    const [recorded] = RECORDED.get('vllm:cache_config_info')?.series.keys() ?? [];
    const labels = (series = '') => [...series.matchAll(/(\w+)="/g)].map(([, name]) => name);
    expect(labels(own)).toEqual(labels(recorded));
    expect(own).toContain('kv_cache_size_tokens="36672"');
    expect(own).toContain('num_gpu_blocks="2292"');
  });

  it('are 0 before the first request, as recorded', async () => {
    await using server = await startSimulator();
    for (const [name, { series }] of await fetchMetrics(server.url)) {
      if (name.endsWith('_created')) continue;
      for (const [key, value] of series) expect([key, value]).toEqual([key, 0]);
    }
  });

  it('count requests, tokens and times', async () => {
    await using server = await startSimulator({ firstTokenMs: 40, perTokenMs: 12 });
    await (await post(server.url, counting(3))).json();
    const stream = await openStream(server.url, counting(3, { max_tokens: 4 }));
    await stream.ended;
    const metrics = await fetchMetrics(server.url);
    const value = (name: string, labels?: string) => metricOf(metrics, `vllm:${name}`, labels);
    expect(value('generation_tokens_total')).toBe(6 + 4);
    expect(value('request_generation_tokens_sum')).toBe(6 + 4);
    expect(value('prompt_tokens_total')).toBe(value('request_prompt_tokens_sum'));
    expect(value('request_success_total', 'finished_reason="stop"')).toBe(1);
    expect(value('request_success_total', 'finished_reason="length"')).toBe(1);
    for (const name of ['time_to_first_token', 'e2e_request_latency', 'request_queue_time']) {
      expect([name, value(`${name}_seconds_count`)]).toEqual([name, 2]);
    }
    expect(value('inter_token_latency_seconds_count')).toBe(5 + 3);
    expect(value('time_to_first_token_seconds_bucket', 'le="0.04"')).toBe(0);
    // A first token that is late shortens what follows: tokens keep to the schedule.
    expect(value('inter_token_latency_seconds_sum')).toBeGreaterThan(0.05);
    expect(value('e2e_request_latency_seconds_sum')).toBeGreaterThan(2 * 0.04 + 8 * 0.011);
    expect(value('request_decode_time_seconds_sum')).toBeCloseTo(value('inter_token_latency_seconds_sum'), 1);
  });

  it('show who runs and who waits, and the time of waiting', async () => {
    await using server = await startSimulator({ perTokenMs: 10 }, { maxNumSeqs: 2 });
    const answers = Array.from({ length: 5 }, () => post(server.url, counting(10)));
    await until('two to run', async () => {
      const metrics = await fetchMetrics(server.url);
      const [running, waiting] = ['running', 'waiting'].map((state) =>
        metricOf(metrics, `vllm:num_requests_${state}`),
      );
      return running === 2 && waiting === 3;
    });
    await Promise.all(answers);
    const metrics = await fetchMetrics(server.url);
    expect(metricOf(metrics, 'vllm:num_requests_waiting')).toBe(0);
    expect(metricOf(metrics, 'vllm:request_queue_time_seconds_sum')).toBeGreaterThan(0.4);
  });

  it('leave a client that goes out of every reason to finish (410)', async () => {
    await using server = await startSimulator({ perTokenMs: 10 });
    const stream = await openStream(server.url, counting(200));
    stream.leave();
    await until('nothing to run', async () => {
      return metricOf(await fetchMetrics(server.url), 'vllm:num_requests_running') === 0;
    });
    const metrics = await fetchMetrics(server.url);
    const reasons = metrics.get('vllm:request_success_total')?.series.values() ?? [];
    expect([...reasons]).toEqual([0, 0, 0, 0, 0]);
    expect(metricOf(metrics, 'vllm:e2e_request_latency_seconds_count')).toBe(0);
    expect(metricOf(metrics, 'vllm:time_to_first_token_seconds_count')).toBe(1);
  });

  it('leave out of the queue time what preparing pictures takes', async () => {
    await using server = await startSimulator({ perPictureMs: 400 });
    const png = await sharp({ create: { width: 1024, height: 1024, channels: 3, background: 'red' } })
      .png()
      .toBuffer();
    const url = `data:image/png;base64,${png.toString('base64')}`;
    const content = [
      { type: 'image_url', image_url: { url } },
      { type: 'text', text: 'What colour is this picture?' },
    ];
    const answer = post(server.url, { messages: [{ role: 'user', content }] });
    await new Promise((resolve) => setTimeout(resolve, 250));
    const during = await fetchMetrics(server.url);
    expect(['running', 'waiting'].map((state) => metricOf(during, `vllm:num_requests_${state}`))).toEqual([
      0, 0,
    ]);
    expect((await answer).status).toBe(200);
    const metrics = await fetchMetrics(server.url);
    expect(metricOf(metrics, 'vllm:request_queue_time_seconds_sum')).toBeLessThan(0.2);
    expect(metricOf(metrics, 'vllm:time_to_first_token_seconds_sum')).toBeGreaterThan(0.4);
  });
});
