import { findCheckpoint, findInstanceType, fitCheckpoint } from '@pixtral-fleet/catalog';
import type { ResolvedConfig } from './config/index.ts';

/** What a model server on one instance type is started with, and how much its gateway lets through to it. */
export interface EnginePlan {
  /** Arguments of `vllm serve` after model, socket and served name. */
  readonly args: readonly string[];
  readonly maxInFlight: number;
}

/** Context of a request as people send them: one picture of about 1,000 × 500 pixels, a question, an answer. */
const USUAL_REQUEST_TOKENS = 2_048;

/** A batch is a multiple of this: vLLM captures CUDA graphs in steps of 8. */
const BATCH_STEP = 8;

/** Beyond this a batch makes every single answer slower than people read; vLLM's own default. */
const LARGEST_BATCH = 256;

/** A laptop's CPU plays the GPU. */
const TRIAL_BATCH = 16;

/** A queue of three batches behind the one at work: more would wait longer than clients do. */
const BATCHES_IN_FLIGHT = 4;

/** KV cache, in tokens, above which the activations of long steps do not matter (a 48 GB GPU with 8-bit weights). */
const ROOMY_KV_TOKENS = 100_000;

/** vLLM's default below 70 GiB of GPU memory, for which the catalog counts the activations. */
const STEP_TOKENS = 2_048;

/** Two pictures of full size (4,160 tokens) less a little in one step: fewer steps between question and first token. */
const ROOMY_STEP_TOKENS = 8_192;

/**
 * Between the fields of JSON a grammar allows any white space, and Mistral's models write it until `max_tokens`
 * (vllm pull request 12744; seen with the small model in every one of 24 answers). Not with "auto", which knows no such option.
 */
const STRUCTURED_OUTPUTS = { backend: 'xgrammar', disable_any_whitespace: true };

/** Flags by what the catalog computes for this type; the entry's own flags come last, so that they win. */
export function planEngine(
  config: ResolvedConfig,
  entry: ResolvedConfig['instanceTypes'][number],
): EnginePlan {
  const checkpoint = findCheckpoint(entry.checkpoint ?? config.checkpoint);
  const instanceType = findInstanceType(entry.type);
  const { kvTokens } = fitCheckpoint({ checkpoint, instanceType, maxModelLen: config.maxModelLen });
  const batch = checkpoint.trial ? TRIAL_BATCH : batchSize(kvTokens);
  const isRoomy = !checkpoint.trial && kvTokens > ROOMY_KV_TOKENS;
  const { count: gpus, computeCapability } = instanceType.gpu;
  return {
    args: [
      ...checkpoint.flags,
      ...['--max-model-len', String(config.maxModelLen)],
      ...['--max-num-seqs', String(batch)],
      ...['--max-num-batched-tokens', String(isRoomy ? ROOMY_STEP_TOKENS : STEP_TOKENS)],
      ...['--limit-mm-per-prompt', JSON.stringify({ image: config.maxImages })],
      ...['--mm-hasher-algorithm', 'sha256'],
      // The gateway fetches pictures where that is allowed at all; this name never resolves (RFC 6761).
      ...['--allowed-media-domains', 'none.invalid'],
      ...['--structured-outputs-config', JSON.stringify(STRUCTURED_OUTPUTS)],
      '--disable-uvicorn-access-log',
      // The trial model has too few heads to be split, and runs where there are no GPUs to split it over.
      ...(gpus > 1 && !checkpoint.trial ? ['--tensor-parallel-size', String(gpus)] : []),
      // Turing has no bf16, in which the checkpoints are.
      ...(computeCapability < 8 && !checkpoint.trial ? ['--dtype', 'half'] : []),
      ...entry.engineArgs,
    ],
    maxInFlight: batch * BATCHES_IN_FLIGHT,
  };
}

/** As many usual requests as the KV cache holds: with more, vLLM throws work away and does it again. */
function batchSize(kvTokens: number): number {
  const steps = Math.floor(kvTokens / USUAL_REQUEST_TOKENS / BATCH_STEP);
  return Math.min(LARGEST_BATCH, Math.max(BATCH_STEP, steps * BATCH_STEP));
}
