import { pino } from 'pino';
import { parseApiKeys } from '../../src/config/api-keys.ts';
import { createInstancePace } from '../../src/gateway/admission/index.ts';
import { createGateway, type Gateway } from '../../src/gateway/index.ts';
import { MetricBuffer } from '../../src/metrics/metric-buffer.ts';
import { RequestMeter } from '../../src/metrics/request-meter.ts';
import { USUAL_LIMITS } from '../usual-limits.ts';

const MIB = 1024 * 1024;

export const KEY = 'key-of-the-measurement';

/** A gateway whose engine works on so many requests at a time, and its log. */
export async function startMeasuredGateway(
  engineSocketPath: string,
  places: number,
): Promise<{ readonly gateway: Gateway; readonly port: number; readonly log: readonly string[] }> {
  const log: string[] = [];
  const keys = parseApiKeys(KEY);
  const gateway = createGateway({
    instanceId: 'i-cancel',
    servedModelName: 'pixtral-12b',
    engineSocketPath,
    apiKeys: () => keys,
    engineArgs: [],
    pace: createInstancePace({ checkpoint: 'w8a8', instanceType: 'g5.2xlarge' }),
    capacity: () => ({ batchSize: places, kvCacheTokens: undefined }),
    deadlineSeconds: 3_600,
    meter: new RequestMeter(new MetricBuffer()),
    logger: pino({}, { write: (line: string) => void log.push(line) }),
    limits: {
      ...USUAL_LIMITS,
      bodyMemoryBytes: 64 * MIB,
    },
  });
  const { port } = await gateway.listen({ host: '127.0.0.1', port: 0 });
  gateway.setState('ready');
  return { gateway, port, log };
}
