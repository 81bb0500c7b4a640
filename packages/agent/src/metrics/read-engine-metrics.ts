import { Client } from 'undici';

/** A model server that takes longer is busy with other things; its metrics are then left out for a period. */
const TIMEOUT_MS = 2_000;

/**
 * Asks the model server behind its Unix socket for its metrics, in the text format 0.0.4.
 * @throws Error when it does not answer, or with another status than 200
 */
export async function readEngineMetrics(socketPath: string): Promise<string> {
  const client = new Client('http://engine', { connect: { socketPath, timeout: TIMEOUT_MS } });
  try {
    const { statusCode, body } = await client.request({
      method: 'GET',
      path: '/metrics',
      headers: { accept: 'text/plain; version=0.0.4' },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const text = await body.text();
    if (statusCode !== 200) throw new Error(`the model server answered /metrics with status ${statusCode}`);
    return text;
  } finally {
    await client.destroy();
  }
}
