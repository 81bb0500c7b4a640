import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseEngineMetrics } from '../../src/metrics/parse-engine-metrics.ts';
import { readEngineMetrics } from '../../src/metrics/read-engine-metrics.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const recorded = (name: string) =>
  readFileSync(new URL(`../../../simulator/recordings/0.32.0/${name}`, import.meta.url), 'utf8');

describe('the metrics of vLLM 0.32.0', () => {
  test('are read as recorded', () => {
    expect(parseEngineMetrics(recorded('metrics-after-traffic.txt'))).toEqual({
      running: 0,
      waiting: 0,
      kvCachePercent: 0,
      kvCacheTokens: 1_048_576,
      generatedTokens: 5_342,
    });
  });

  test('of a busy server are added up over its engines, and its fullest KV cache counts', () => {
    const text = [0, 1]
      .map(
        (engine) => `
vllm:num_requests_running{engine="${engine}"} ${engine + 1}.0
vllm:num_requests_waiting{engine="${engine}"} 2.0
vllm:kv_cache_usage_perc{engine="${engine}"} 0.${engine + 3}
vllm:cache_config_info{block_size="16",engine="${engine}",kv_cache_size_tokens="1000"} 1.0
vllm:generation_tokens_total{engine="${engine}"} 1.5e+03`,
      )
      .join('');
    expect(parseEngineMetrics(text)).toEqual({
      running: 3,
      waiting: 4,
      kvCachePercent: 40,
      kvCacheTokens: 2_000,
      generatedTokens: 3_000,
    });
  });

  test('fail with the name of what is missing', () => {
    const text = recorded('metrics-fresh.txt').replaceAll('vllm:kv_cache_usage_perc', 'vllm:kv_used');
    expect(() => parseEngineMetrics(text)).toThrowErrorMatchingInlineSnapshot(
      `[Error: the model server's /metrics has no usable vllm:kv_cache_usage_perc]`,
    );
  });

  test('are read or refused with an Error, whatever the text', () => {
    const line = fc.tuple(fc.constantFrom('vllm:num_requests_running', 'vllm:x'), fc.string(), fc.string());
    const texts = fc.array(
      fc.oneof(
        line.map(([a, b, c]) => `${a}{${b}} ${c}`),
        fc.string(),
      ),
    );
    fc.assert(
      fc.property(texts, (lines) => {
        expect(() => parseEngineMetrics(lines.join('\n'))).toThrow('has no usable vllm:');
      }),
    );
  });
});

test('a model server that is silent or answers an error is given up', async () => {
  await using folder = await temporaryFolder();
  const socket = join(folder.path, 'e.sock');
  await expect(readEngineMetrics(socket)).rejects.toThrow('ENOENT');
  const server = createServer((_request, response) => void response.writeHead(500).end());
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  try {
    await expect(readEngineMetrics(socket)).rejects.toThrow('status 500');
    server.removeAllListeners('request');
    await expect(readEngineMetrics(socket)).rejects.toThrow(/timeout/i);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
