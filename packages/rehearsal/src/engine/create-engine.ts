import { join } from 'node:path';
import type { ResolvedRehearsalOptions } from '../run/options.ts';
import type { RunDirectory } from '../run/run-directory.ts';
import type { PlannedUpdate } from '../update/plan-update.ts';
import type { RehearsalEngine } from './rehearsal-engine.ts';
import { simulatedEngine } from './simulated-engine.ts';
import { vllmEngine } from './vllm-engine.ts';

/** The engine that the options name. */
export function createEngine(
  options: ResolvedRehearsalOptions,
  directory: RunDirectory,
  update: PlannedUpdate,
): RehearsalEngine {
  if (options.engine === 'vllm') return vllmEngine(options);
  return simulatedEngine({
    behaviourFile: join(directory.output, 'simulate.json'),
    mutant: options.mutant,
    updated: options.update
      ? {
          engineArgument: update.engineArgument,
          behaviourFile: join(directory.output, 'simulate-update.json'),
        }
      : undefined,
  });
}
