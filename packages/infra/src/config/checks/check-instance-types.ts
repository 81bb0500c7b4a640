import { findCheckpoint, findInstanceType, fitCheckpoint } from '@pixtral-fleet/catalog';
import type { ResolvedConfig } from '../config-schema.ts';
import type { ConfigCheck } from './index.ts';

/** Flags of `vllm serve` that are the agent's: how it reaches the model server, and what keeps others out. */
const FLAGS_OF_THE_AGENT: readonly string[] = [
  '--uds',
  '--host',
  '--port',
  '--api-key',
  '--model',
  '--served-model-name',
  '--shutdown-timeout',
  '--max-model-len',
  '--limit-mm-per-prompt',
  '--allowed-local-media-path',
  '--trust-remote-code',
];

/** Every type must be known, hold its checkpoint and one full context, and leave the agent's flags alone. */
export const checkInstanceTypes: ConfigCheck = (config) => {
  for (const { type } of config.instanceTypes) {
    try {
      findInstanceType(type);
    } catch (error) {
      return [`instanceTypes: ${error instanceof Error ? error.message : type}`];
    }
  }
  return config.instanceTypes.flatMap((entry) => [...checkFlags(entry), ...checkFit(config, entry)]);
};

type Entry = ResolvedConfig['instanceTypes'][number];

function checkFlags({ type, engineArgs }: Entry): readonly string[] {
  const taken = engineArgs.find((flag) =>
    FLAGS_OF_THE_AGENT.includes(flag.split('=')[0]?.replaceAll('_', '-') ?? ''),
  );
  if (taken === undefined) return [];
  return [
    `instanceTypes: engineArgs of ${type} must not hold ${JSON.stringify(taken)}: the agent sets it, or an option of this config does`,
  ];
}

function checkFit(config: ResolvedConfig, entry: Entry): readonly string[] {
  const checkpoint = findCheckpoint(entry.checkpoint ?? config.checkpoint);
  const fit = fitCheckpoint({
    checkpoint,
    instanceType: findInstanceType(entry.type),
    maxModelLen: config.maxModelLen,
  });
  if (fit.fits) return [];
  const nearest = fit.nearest.map((choice) => `${choice.checkpoint} on ${choice.instanceType}`).join(', ');
  return [
    `${checkpoint.id} does not fit ${entry.type}: ${fit.reasons.join('; ')}. Nearest that fit: ${nearest || 'none'}`,
  ];
}
