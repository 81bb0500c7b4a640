import {
  type Checkpoint,
  type CheckpointId,
  countImageTokens,
  findCheckpoint,
  findInstanceType,
  fitCheckpoint,
  type InstanceType,
  type MemoryFit,
  PIXTRAL_IMAGE_TOKEN_RULE,
  TYPICAL_ANSWER_TOKENS,
  TYPICAL_TEXT_TOKENS,
} from '@pixtral-fleet/catalog';
import type { ResolvedConfig } from '@pixtral-fleet/infra/config';
import { planEngine } from '@pixtral-fleet/infra/engine-plan';

/** One instance type of the fleet, what it has, and what fits on it. */
export interface PlannedInstanceType {
  readonly type: string;
  readonly checkpoint: CheckpointId;
  readonly gpus: string;
  readonly vcpu: number;
  readonly memoryGiB: number;
  readonly usdPerHour: number;
  /** GPU memory, in GiB over all GPUs. */
  readonly memory: Pick<
    MemoryFit,
    'gpuMemoryGiB' | 'usableGiB' | 'weightsGiB' | 'activationsGiB' | 'kvCacheGiB' | 'kvTokens'
  >;
  /** GPU memory that vLLM leaves alone, in GiB. */
  readonly freeGiB: number;
  /** Pictures of full size (1024x1024, 4,160 tokens) whose keys and values fit at the same time. */
  readonly fullSizePictures: number;
  /** The same for whole requests: such a picture, 64 tokens of question, 128 of answer. */
  readonly fullSizeRequests: number;
  /** `--max-num-seqs`: requests in the batch at most. */
  readonly maxNumSeqs: number;
}

export interface TypeFacts {
  readonly instanceType: InstanceType;
  readonly checkpoint: Checkpoint;
}

const FULL_SIZE_TOKENS = countImageTokens({
  width: PIXTRAL_IMAGE_TOKEN_RULE.maxSidePx,
  height: PIXTRAL_IMAGE_TOKEN_RULE.maxSidePx,
});

export function typeFacts(config: ResolvedConfig, entry: ResolvedConfig['instanceTypes'][number]): TypeFacts {
  return {
    instanceType: findInstanceType(entry.type),
    checkpoint: findCheckpoint(entry.checkpoint ?? config.checkpoint),
  };
}

export function planInstanceType(
  config: ResolvedConfig,
  entry: ResolvedConfig['instanceTypes'][number],
): PlannedInstanceType {
  const { instanceType, checkpoint } = typeFacts(config, entry);
  const { fits, reasons, nearest, ...memory } = fitCheckpoint({
    checkpoint,
    instanceType,
    maxModelLen: config.maxModelLen,
  });
  const { gpu, vcpu, memoryGiB, usdPerHour } = instanceType;
  const request = FULL_SIZE_TOKENS + TYPICAL_TEXT_TOKENS + TYPICAL_ANSWER_TOKENS;
  return {
    type: entry.type,
    checkpoint: checkpoint.id,
    gpus: `${gpu.count} × ${gpu.name}`,
    vcpu,
    memoryGiB,
    usdPerHour,
    memory,
    freeGiB: memory.gpuMemoryGiB - memory.usableGiB,
    fullSizePictures: Math.floor(memory.kvTokens / FULL_SIZE_TOKENS),
    fullSizeRequests: Math.floor(memory.kvTokens / request),
    maxNumSeqs: maxNumSeqs(config, entry),
  };
}

/** What the model server is really started with: an entry's own flags come last and win. */
export function maxNumSeqs(config: ResolvedConfig, entry: ResolvedConfig['instanceTypes'][number]): number {
  const { args } = planEngine(config, entry);
  return Number(args[args.lastIndexOf('--max-num-seqs') + 1]);
}
