import { join } from 'node:path';
import { writeSimulatedModel } from '@pixtral-fleet/simulator';
import type { Mutant } from '../run/options.ts';
import type { RehearsalEngine } from './rehearsal-engine.ts';
import {
  initialBehaviour,
  type UpdatedBehaviour,
  writeBehaviour,
  writeSimulatedRuntime,
} from './simulated-runtime.ts';

/** Parts this small make even a rehearsal's weights several parts long, as real ones are. */
const PART_BYTES = 8 * 1024 * 1024;
const WEIGHT_BYTES = 20 * 1024 * 1024;

/** A real engine needs a minute or more to come back; this is long enough for the balancer's checks to notice. */
const RELOAD_SECONDS = 9;

/** The simulator in the place of vLLM: started by the same command line, out of a runtime of its own. */
export function simulatedEngine(options: {
  /** Where the model servers read how to behave. */
  readonly behaviourFile: string;
  readonly mutant: Mutant | undefined;
  /** With an update, what tells its model servers from the first, and their own behaviour: the mutant is theirs. */
  readonly updated?: UpdatedBehaviour | undefined;
  /** See `writeSimulatedRuntime`. @default - none */
  readonly controlSocket?: string;
}): RehearsalEngine {
  const { behaviourFile, updated, controlSocket } = options;
  const usual = initialBehaviour(updated ? undefined : options.mutant);
  return {
    name: 'simulated',
    description: 'simulated model servers',
    context: {},
    restartDeadlineMs: 60_000,
    // About 240 tokens, six seconds at 25 ms each: a drain has something to wait for.
    load: { countTo: 80, constrained: false },
    async prepare() {
      await writeBehaviour(behaviourFile, usual);
      if (updated) await writeBehaviour(updated.behaviourFile, initialBehaviour(options.mutant));
      return 'simulator';
    },
    async files(staging) {
      const [model, runtime] = [join(staging, 'model'), join(staging, 'runtime')];
      await writeSimulatedModel(model, { bytes: WEIGHT_BYTES });
      await writeSimulatedRuntime(runtime, { behaviourFile, updated, controlSocket });
      return { model, runtime, partBytes: PART_BYTES };
    },
    loadSlowly: (slowly) =>
      writeBehaviour(behaviourFile, slowly ? { ...usual, loadSeconds: RELOAD_SECONDS } : usual),
  };
}
