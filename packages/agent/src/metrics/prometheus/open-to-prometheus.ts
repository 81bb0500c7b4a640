import type { Logger } from 'pino';
import type { AgentMetrics } from '../agent-metrics.ts';
import { type MetricsServer, serveMetrics } from './serve-metrics.ts';

/**
 * Lets Prometheus read the metrics, where the config wants it. A port that is taken is no reason not to serve: it is
 * logged, and nothing is told.
 */
export async function openToPrometheus(options: {
  /** Undefined: it is not wanted. */
  readonly port: number | undefined;
  readonly metrics: Pick<AgentMetrics, 'read'>;
  readonly logger: Logger;
}): Promise<MetricsServer | undefined> {
  const { port, metrics, logger } = options;
  if (port === undefined) return undefined;
  try {
    const server = await serveMetrics(port, () => metrics.read());
    logger.info({ url: server.url }, 'Prometheus may read the metrics');
    return server;
  } catch (error) {
    logger.error({ err: error }, 'Prometheus cannot read the metrics: their port could not be opened');
    return undefined;
  }
}
