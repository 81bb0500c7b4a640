import { Client } from 'undici';
import type { EngineCounters } from './hang-judge.ts';

/**
 * What only a step of the engine changes in vLLM 0.32.0. The KV cache tells of the parts of a long prompt: each fills some of
 * it, and neither tokens nor the steps of `vllm:iteration_tokens_total` are counted before the last (seen on the CPU).
 */
const WANTED = [
  'vllm:generation_tokens_total',
  'vllm:prompt_tokens_total',
  'vllm:num_preemptions_total',
  'vllm:kv_cache_usage_perc',
] as const;

const SAMPLE = /^(vllm:[a-z_]+)\{.*\} (\S+)/;

/** Asks a model server behind its Unix socket what its engine has done so far. Never rejects: not to answer is an answer. */
export async function readEngineCounters(socketPath: string, timeoutMs: number): Promise<EngineCounters> {
  const client = new Client('http://engine', { connect: { socketPath, timeout: timeoutMs } });
  try {
    const { body } = await client.request({
      method: 'GET',
      path: '/metrics',
      signal: AbortSignal.timeout(timeoutMs),
    });
    return parseCounters(await body.text());
  } catch {
    // Whatever kept it from answering: nothing listens, the time is over, the connection broke.
    return 'silent';
  } finally {
    await client.destroy();
  }
}

function parseCounters(text: string): EngineCounters {
  const samples = text.split('\n').flatMap((line) => {
    const [, name = '', value = ''] = SAMPLE.exec(line) ?? [];
    return WANTED.some((wanted) => wanted === name) ? [{ name, value }] : [];
  });
  const isComplete = WANTED.every((wanted) => samples.some(({ name }) => name === wanted));
  return isComplete ? { steps: samples.map(({ value }) => value).join(' ') } : 'unreadable';
}
