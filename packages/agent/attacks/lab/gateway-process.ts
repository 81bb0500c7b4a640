import { pino } from 'pino';
import { USUAL_LIMITS } from '../../bench/usual-limits.ts';
import { parseApiKeys } from '../../src/config/api-keys.ts';
import { createInstancePace } from '../../src/gateway/admission/index.ts';
import { PictureFetcher } from '../../src/gateway/fetching/picture-fetcher.ts';
import { createGateway } from '../../src/gateway/index.ts';
import { MetricBuffer } from '../../src/metrics/metric-buffer.ts';
import { RequestMeter } from '../../src/metrics/request-meter.ts';
import type { GatewayOrder, GatewayProcessOptions } from './gateway-under-attack.ts';
import { PICTURE_HOSTS, pictureNetwork } from './picture-network.ts';

// A gateway in a process of its own, so that its memory and its death are its own. Options as JSON, port on the channel.
const options: GatewayProcessOptions = JSON.parse(process.argv[2] ?? '{}');
const keys = parseApiKeys(options.key);
const gateway = createGateway({
  instanceId: 'i-attacked',
  servedModelName: options.model,
  engineSocketPath: options.socketPath,
  apiKeys: () => keys,
  engineArgs: ['--max-model-len', String(options.contextTokens)],
  pace: createInstancePace({ checkpoint: 'w8a8', instanceType: 'g5.2xlarge' }),
  capacity: () => ({ batchSize: 16, kvCacheTokens: undefined }),
  deadlineSeconds: 120,
  meter: new RequestMeter(new MetricBuffer()),
  logger: pino({ level: 'silent' }),
  pictures: options.fetching && fetcher(options.fetching),
  // As an instance has them, but that nobody waits as long here.
  timeouts: { headersMs: 2_500, bodyMs: 4_000, bodySilenceMs: 2_500, stallMs: 60_000, lingerMs: 500 },
  limits: {
    ...USUAL_LIMITS,
    ...options.limits,
  },
});
const { port } = await gateway.listen({ host: '127.0.0.1', port: 0 });
gateway.setState('ready');
process.send?.({ port });
process.on('message', (order: GatewayOrder) => {
  if (order === 'fail')
    gateway.failInFlight('this instance went away before the answer was complete; ask again');
  process.send?.({ rss: process.memoryUsage.rss() });
});
process.once('disconnect', () => process.exit());

function fetcher(ports: NonNullable<GatewayProcessOptions['fetching']>): PictureFetcher {
  return new PictureFetcher({
    sources: { hosts: PICTURE_HOSTS, redirects: 2, timeoutSeconds: 2, buckets: [] },
    s3: { send: () => Promise.reject(new Error('no bucket is listed')) },
    network: pictureNetwork(ports),
  });
}
