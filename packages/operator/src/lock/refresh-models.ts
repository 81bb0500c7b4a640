import { HubClient, HubError, type ModelPin, pinModel } from '@pixtral-fleet/agent';
import { CHECKPOINTS, type Checkpoint } from '@pixtral-fleet/catalog';
import type { ResolvedConfig } from '@pixtral-fleet/infra/config';
import { servedCheckpoints } from '@pixtral-fleet/infra/files-plan';
import type { ModelLock } from '@pixtral-fleet/infra/lock';
import { OperatorError } from '../operator-error.ts';

export interface RefreshModelsOptions {
  readonly config: Pick<ResolvedConfig, 'checkpoint' | 'instanceTypes' | 'revision'>;
  readonly lock: ModelLock;
  /** Every checkpoint of the catalog, not only those that the config serves. @default false */
  readonly all?: boolean;
  /** Reads `HF_ENDPOINT` and `HF_TOKEN`. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

/**
 * The lock with what the hub holds now at the config's revision (else `main`); repositories that were not asked for stay.
 * @throws OperatorError when the hub cannot be read.
 */
export async function refreshModels(options: RefreshModelsOptions): Promise<ModelLock> {
  const { config, lock, environment, signal } = options;
  const hub = new HubClient({
    ...(environment.HF_ENDPOINT ? { endpoint: environment.HF_ENDPOINT } : {}),
    token: environment.HF_TOKEN || undefined,
    tokenAdvice: 'give it in the environment variable HF_TOKEN',
    signal,
    firstPauseMs: 500,
  });
  const pins: [string, ModelPin][] = [];
  for (const { repository, format } of wantedCheckpoints(options)) {
    pins.push([repository, await pin(hub, { repository, format, revision: config.revision ?? 'main' })]);
  }
  return { version: 1, models: { ...lock.models, ...Object.fromEntries(pins) } };
}

/** The small model of packages/nano is in no hub. */
function wantedCheckpoints({ config, all = false }: RefreshModelsOptions): readonly Checkpoint[] {
  return (all ? CHECKPOINTS : servedCheckpoints(config)).filter(({ trial }) => !trial);
}

async function pin(hub: HubClient, model: Parameters<typeof pinModel>[1]): Promise<ModelPin> {
  try {
    return await pinModel(hub, model);
  } catch (error) {
    if (error instanceof HubError) throw new OperatorError(error.message, { cause: error });
    throw error;
  }
}
