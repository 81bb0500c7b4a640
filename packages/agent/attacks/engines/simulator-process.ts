import { createSimulator, DEFAULT_BEHAVIOUR } from '@pixtral-fleet/simulator';
import { ALLOWED_HOST, CONTEXT_TOKENS, ENGINE_KEY } from './bare-engine.ts';

/** A second of vLLM's time limits takes so long here, in seconds: a picture that hangs stops everybody for 3 s instead of 10. */
const SECOND = 0.3;

// The simulator in a process of its own, with a network, which on an instance it has not. Flavour as argument, port on the channel.
const isLocked = process.argv[2] === 'locked';
const simulator = createSimulator({
  servedModelName: 'pixtral-12b',
  apiKey: ENGINE_KEY,
  maxModelLen: CONTEXT_TOKENS,
  maxImages: 4,
  maxNumSeqs: 16,
  keepAliveSeconds: 75,
  http: {
    network: true,
    fetchSecond: SECOND,
    ...(isLocked ? { allowedMediaDomains: [ALLOWED_HOST], allowRedirects: false } : {}),
  },
  behaviour: { ...DEFAULT_BEHAVIOUR, firstTokenMs: 2, perTokenMs: 2, perPictureMs: 16 },
});
process.send?.({ port: await simulator.listen({ host: '127.0.0.1', port: 0 }) });
process.on('message', () => process.send?.({ rss: process.memoryUsage.rss() }));
// As vLLM with `--shutdown-timeout 0` most often does: it stops, and tells nobody.
process.on('SIGTERM', () => simulator.stopEngine('silent'));
process.once('disconnect', () => process.exit());
