import { createSimulator, DEFAULT_BEHAVIOUR } from '@pixtral-fleet/simulator';
import { readEngineMetrics } from '../../src/metrics/read-engine-metrics.ts';

/** A model server that tells how many requests it works on. */
export interface MeasuredEngine extends AsyncDisposable {
  readonly name: string;
  running(): Promise<number>;
}

/** Vllm's own count of what is in its batch, as often as it can be asked. */
export function watchVllm(socketPath: string): MeasuredEngine {
  return {
    name: 'vLLM',
    running: async () => {
      const text = await readEngineMetrics(socketPath);
      return Number(/^vllm:num_requests_running\{.*\} (\S+)$/m.exec(text)?.[1]);
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
}

/** One whose answers take minutes. */
export async function startSimulatedEngine(socketPath: string): Promise<MeasuredEngine> {
  const simulator = createSimulator({
    ...{ servedModelName: 'pixtral-12b', maxModelLen: 16_384, maxImages: 4, maxNumSeqs: 8 },
    keepAliveSeconds: 75,
    behaviour: { ...DEFAULT_BEHAVIOUR, firstTokenMs: 20, perTokenMs: 50, perPictureMs: 0 },
  });
  await simulator.listen({ socketPath });
  return {
    name: 'simulator',
    running: async () => simulator.inFlight,
    [Symbol.asyncDispose]: () => simulator.close(),
  };
}
