import { findRuntimeRecipe, type ModelPin, runtimeKey, type SeedPlan } from '@pixtral-fleet/agent';
import { type Checkpoint, findCheckpoint, VLLM_VERSION } from '@pixtral-fleet/catalog';
import type { ResolvedConfig } from './config/index.ts';
import type { ModelLock } from './lock/index.ts';

/** A branch that moves: what it holds is looked up when it is fetched. */
const UNLOCKED = 'main';

/** Which revision of a checkpoint is served, and what it must hold when the lock knows that. */
export interface ChosenRevision {
  readonly revision: string;
  readonly pin: ModelPin | undefined;
}

/** The config's own `revision`, else the locked commit, else the branch `main`. */
export function chooseRevision(
  config: Pick<ResolvedConfig, 'revision'>,
  lock: ModelLock,
  repository: string,
): ChosenRevision {
  const pin = lock.models[repository];
  if (config.revision === undefined) return { revision: pin?.commit ?? UNLOCKED, pin };
  return { revision: config.revision, pin: pin?.commit === config.revision ? pin : undefined };
}

/** Every checkpoint that some instance type serves, each once. */
export function servedCheckpoints(
  config: Pick<ResolvedConfig, 'checkpoint' | 'instanceTypes'>,
): readonly Checkpoint[] {
  const ids = config.instanceTypes.map(({ checkpoint }) => checkpoint ?? config.checkpoint);
  return [...new Set(ids)].map(findCheckpoint);
}

/** Folder of what an instance type serves. */
export function findModelPrefix(
  config: ResolvedConfig,
  lock: ModelLock,
  entry: ResolvedConfig['instanceTypes'][number],
): string {
  const { repository } = findCheckpoint(entry.checkpoint ?? config.checkpoint);
  return modelPrefix(repository, chooseRevision(config, lock, repository).revision);
}

/** Folder of a checkpoint's files in the bucket; ends with "/". */
function modelPrefix(repository: string, revision: string): string {
  return `models/${repository}/${revision}/`;
}

/** Folder of the GPU instances' runtime in the bucket: its name changes with whatever it is made of. */
export function runtimePrefix(): string {
  const key = runtimeKey(findRuntimeRecipe('gpu'), { format: 'squashfs' });
  return `runtimes/vllm-${VLLM_VERSION}-gpu-${key}/`;
}

/** Name of the runtime's lock file in the seeder's source. */
const RUNTIME_LOCK = 'requirements.lock';

/** What the seeder brings into the bucket. */
export function planFiles(config: ResolvedConfig, lock: ModelLock): SeedPlan {
  return {
    version: 1,
    models: servedCheckpoints(config).map(({ repository, format }) => {
      const { revision, pin } = chooseRevision(config, lock, repository);
      return { repository, revision, format, prefix: modelPrefix(repository, revision), pin };
    }),
    runtime: { kind: 'gpu', prefix: runtimePrefix(), lockFile: RUNTIME_LOCK },
  };
}
