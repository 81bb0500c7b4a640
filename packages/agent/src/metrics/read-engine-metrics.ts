import { Client } from 'undici';
import { type EngineMetrics, parseEngineMetrics } from './parse-engine-metrics.ts';

/** A model server that takes longer is busy with other things; its metrics are then left out for a period. */
const TIMEOUT_MS = 2_000;

/** Asks the model server behind its Unix socket. @throws Error when it does not answer, or not with its metrics. */
export async function readEngineMetrics(socketPath: string): Promise<EngineMetrics> {
  const client = new Client('http://engine', { connect: { socketPath, timeout: TIMEOUT_MS } });
  try {
    const { statusCode, body } = await client.request({
      method: 'GET',
      path: '/metrics',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const text = await body.text();
    if (statusCode !== 200) throw new Error(`the model server answered /metrics with status ${statusCode}`);
    return parseEngineMetrics(text);
  } finally {
    await client.destroy();
  }
}
