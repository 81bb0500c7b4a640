import { createServer } from 'node:http';
import { pino } from 'pino';
import { parseApiKeys } from '../../src/config/api-keys.ts';
import { createInstancePace } from '../../src/gateway/admission/index.ts';
import { createGateway } from '../../src/gateway/index.ts';
import { PictureNormalizer } from '../../src/gateway/normalizing/picture-normalizer.ts';
import { spawnWorker } from '../../src/gateway/normalizing/worker-channel.ts';
import { MetricBuffer } from '../../src/metrics/metric-buffer.ts';
import { RequestMeter } from '../../src/metrics/request-meter.ts';
import { USUAL_LIMITS } from '../usual-limits.ts';

// A gateway in a process of its own, so that its memory is its own, port on the channel: `gateway-process.ts SOCKET KEY [WORKER]`
// with the program that makes pictures anew, where that is to be done.
const [socketPath = '', key = '', worker] = process.argv.slice(2);
const answer = JSON.stringify({
  choices: [{ index: 0, message: { content: 'yes' }, finish_reason: 'stop' }],
});
const engine = createServer((request, response) => {
  request.resume().once('end', () => response.end(answer));
});
await new Promise<void>((resolve) => engine.listen(socketPath, resolve));
const keys = parseApiKeys(key);
const logger = pino({ level: 'silent' });
const { maxImagePixels, maxImageBytes } = USUAL_LIMITS;
const normalize = { workers: 1, timeoutSeconds: 30 };
const normalizer =
  worker === undefined
    ? undefined
    : new PictureNormalizer({
        open: spawnWorker({ maxImagePixels, maxImageBytes, file: worker }),
        workers: normalize.workers,
        timeoutMs: normalize.timeoutSeconds * 1_000,
        logger,
      });
await normalizer?.start();
const gateway = createGateway({
  instanceId: 'i-flood',
  servedModelName: 'pixtral-12b',
  engineSocketPath: socketPath,
  apiKeys: () => keys,
  engineArgs: [],
  pace: createInstancePace({ checkpoint: 'w8a8', instanceType: 'g5.2xlarge' }),
  capacity: () => ({ batchSize: undefined, kvCacheTokens: undefined }),
  deadlineSeconds: 120,
  meter: new RequestMeter(new MetricBuffer()),
  logger,
  normalizer,
  limits: {
    ...USUAL_LIMITS,
    ...(normalizer ? { normalize } : {}),
  },
});
const { port } = await gateway.listen({ host: '127.0.0.1', port: 0 });
gateway.setState('ready');
process.send?.({ port });
process.on('message', (message) => {
  if (message === 'collect') globalThis.gc?.();
  process.send?.({ rss: process.memoryUsage.rss() });
});
process.once('disconnect', () => process.exit());
