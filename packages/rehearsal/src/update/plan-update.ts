import type { ResolvedConfig } from '@pixtral-fleet/infra/config';

/** A change of the config that makes another launch template version, and how its instances are told apart. */
export interface PlannedUpdate {
  readonly description: string;
  /** CDK context; see `rehearsal-context.ts` of infra. */
  readonly context: Readonly<Record<string, string>>;
  /** Words in the model server's command line that it has only after the update. */
  readonly engineArgument: string;
}

/** Little enough that the context still holds whatever it held. */
const SHORTER_BY = 256;

/** A context that is a little shorter: a flag of vLLM that every config has. */
export function planUpdate(config: Pick<ResolvedConfig, 'maxModelLen'>): PlannedUpdate {
  const changed = config.maxModelLen - SHORTER_BY;
  return {
    description: `--max-model-len ${changed} instead of ${config.maxModelLen}`,
    context: { maxModelLen: String(changed) },
    engineArgument: `--max-model-len ${changed}`,
  };
}
