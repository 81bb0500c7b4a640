import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Behaviour, writeSimulatedModel } from '@pixtral-fleet/simulator';
import { startEngine } from '../src/engine/engine-process.ts';
import { waitUntilReady } from '../src/engine/wait-until-ready.ts';
import { createEngineClient } from '../src/gate/pass-gate.ts';
import { temporaryFolder } from '../test/temporary-folder.ts';

/** As the simulated model server names its model. */
export const SERVED_MODEL_NAME = 'pixtral-12b';

/** A simulated model server that runs, in a process of its own. */
export interface SimulatedEngine extends AsyncDisposable {
  readonly socketPath: string;
}

/** No artificial times, so that only the work itself is measured. */
export const AT_ONCE: Partial<Behaviour> = { firstTokenMs: 0, perTokenMs: 0, perPictureMs: 0 };

const SIMULATOR = join(dirname(fileURLToPath(import.meta.resolve('@pixtral-fleet/simulator'))), 'main.ts');
const START_TIMEOUT_MS = 120_000;
const STOP_GRACE_MS = 2_000;

/** Starts `vllm serve` as the agent does, by the agent's own code, and waits until it lists its model. */
export async function startSimulatedEngine(
  behaviour: Partial<Behaviour>,
  signal: AbortSignal,
): Promise<SimulatedEngine> {
  const folder = await temporaryFolder();
  const model = join(folder.path, 'model');
  const behaviourFile = join(folder.path, 'behaviour.json');
  const socketPath = join(folder.path, 'engine.sock');
  await writeSimulatedModel(model, { bytes: 1_024 });
  await writeFile(behaviourFile, JSON.stringify(behaviour));
  const engine = await startEngine({
    command: {
      command: process.execPath,
      args: [SIMULATOR, 'serve', model, '--uds', socketPath, '--served-model-name', SERVED_MODEL_NAME],
      env: { PIXTRAL_SIMULATE_FILE: behaviourFile },
    },
    socket: socketPath,
    onLine: () => undefined,
  });
  const client = createEngineClient(socketPath, SERVED_MODEL_NAME);
  const stop = async () => {
    await client.close();
    await engine.stop(STOP_GRACE_MS);
    await folder[Symbol.asyncDispose]();
  };
  try {
    await waitUntilReady({
      client,
      engine,
      servedModelName: SERVED_MODEL_NAME,
      timeoutMs: START_TIMEOUT_MS,
      signal,
      onWaiting: () => undefined,
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return { socketPath, [Symbol.asyncDispose]: stop };
}
