import {
  type Behaviour,
  createSimulator,
  DEFAULT_BEHAVIOUR,
  type Simulator,
  type SimulatorOptions,
} from '../src/index.ts';

export interface RunningSimulator extends AsyncDisposable {
  readonly simulator: Simulator;
  readonly url: string;
}

/** On a port of its own; as fast as can be, but for `behaviour`. */
export async function startSimulator(
  behaviour: Partial<Behaviour> = {},
  options: Partial<SimulatorOptions> = {},
): Promise<RunningSimulator> {
  const simulator = createSimulator({
    servedModelName: 'pixtral-12b',
    maxModelLen: 16_384,
    maxImages: 4,
    maxNumSeqs: 8,
    keepAliveSeconds: 5,
    ...options,
    behaviour: { ...DEFAULT_BEHAVIOUR, firstTokenMs: 0, perTokenMs: 0, perPictureMs: 0, ...behaviour },
  });
  const port = await simulator.listen({ host: '127.0.0.1', port: 0 });
  return {
    simulator,
    url: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: () => simulator.close(),
  };
}
