import { pino } from 'pino';
import { parseApiKeys } from '../../../src/config/api-keys.ts';
import { createInstancePace } from '../../../src/gateway/admission/index.ts';
import { createGateway } from '../../../src/gateway/index.ts';
import { MetricBuffer } from '../../../src/metrics/metric-buffer.ts';
import { RequestMeter } from '../../../src/metrics/request-meter.ts';
import { USUAL_LIMITS } from '../../usual-limits.ts';

const PLACES = 4_096;

// The gateway with all that it does in production, logging included: `gateway-process.ts SOCKET KEY PORT`.
const [socketPath = '', key = '', port = ''] = process.argv.slice(2);
const keys = parseApiKeys(key);
const gateway = createGateway({
  instanceId: 'i-bench',
  servedModelName: 'pixtral-12b',
  engineSocketPath: socketPath,
  apiKeys: () => keys,
  engineArgs: ['--max-model-len', '32768', '--max-num-seqs', String(PLACES)],
  pace: createInstancePace({ checkpoint: 'w8a8', instanceType: 'g5.2xlarge' }),
  capacity: () => ({ batchSize: PLACES, kvCacheTokens: undefined }),
  deadlineSeconds: 120,
  meter: new RequestMeter(new MetricBuffer()),
  logger: pino({ level: 'info' }, pino.destination({ dest: '/dev/null', sync: true })),
  limits: {
    ...USUAL_LIMITS,
    maxInFlight: PLACES,
  },
});
await gateway.listen({ host: '127.0.0.1', port: Number(port) });
gateway.setState('ready');
