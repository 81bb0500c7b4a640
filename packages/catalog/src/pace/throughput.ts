import type { Checkpoint } from '../checkpoints.ts';
import { countImageTokens, fitImageSize, type ImageSize, PIXTRAL_IMAGE_TOKEN_RULE } from '../image-tokens.ts';
import type { InstanceType } from '../instance-types.ts';
import { fitCheckpoint } from '../memory-fit.ts';
import { createStepTime, PICTURE_PREPARE_MS, type StepTime } from './step-time.ts';

/** A request with one picture. */
export interface PictureRequest {
  readonly picture: ImageSize;
  /** Tokens of the question. */
  readonly textTokens: number;
  readonly answerTokens: number;
}

/**
 * The question and answer with which RedHatAI measured its Pixtral checkpoints (model cards, "1680x2240 64/128"):
 * 64 tokens of text beside the picture, 128 tokens of answer.
 */
export const TYPICAL_TEXT_TOKENS = 64;
export const TYPICAL_ANSWER_TOKENS = 128;

/** What one instance answers when it never waits for work. Modelled, not measured: see docs/simulator.md. */
export interface Throughput {
  /** Requests with one picture, and so pictures, each second. */
  readonly imagesPerSecond: number;
  /** Requests in the batch: what `--max-num-seqs` allows and the KV cache holds. */
  readonly concurrency: number;
  /** What takes most of the time: writing answers, computing prompts, or the one thread that prepares pictures. */
  readonly bound: 'answers' | 'prompts' | 'preparation';
  /** From the place in the batch to the last token, in seconds. */
  readonly secondsPerRequest: number;
}

export interface ThroughputOptions {
  readonly checkpoint: Checkpoint;
  readonly instanceType: InstanceType;
  readonly request: PictureRequest;
  /** vLLM's `--max-num-seqs`. */
  readonly maxNumSeqs: number;
}

/**
 * What was measured of what this arithmetic gives, at least and at most: RedHatAI's model cards of Pixtral 12B (vLLM 0.7.2,
 * A6000, A100 and H100, bf16, w8a8 and FP8, two sizes of picture; test/pace/published.ts). A cost computed here is a
 * lower bound: reckon with one divided by these.
 */
export const PUBLISHED_SHARE = { least: 0.29, most: 0.84 } as const;

/**
 * @throws RangeError when the KV cache does not hold one such request
 */
export function estimateThroughput(options: ThroughputOptions): Throughput {
  const { checkpoint, instanceType, request, maxNumSeqs } = options;
  const { kvTokens } = fitCheckpoint({ checkpoint, instanceType, maxModelLen: tokensOf(request) });
  if (kvTokens < tokensOf(request)) {
    throw new RangeError(
      `the KV cache of ${checkpoint.id} on ${instanceType.name} holds ${kvTokens} tokens, a request has ${tokensOf(request)}`,
    );
  }
  return steadyState({ stepTime: createStepTime(checkpoint, instanceType), kvTokens, request, maxNumSeqs });
}

/**
 * Continuous batching when it never waits for work. `c` requests stand in the batch; while their `a` tokens of answer are
 * written, `c` prompts are computed in between: a prompt keeps the arithmetic busy and an answer the memory, so that
 * neither hides the other.
 *
 *     c / (a × step of c answers + c × (prompt + picture))
 *
 * The simulator's batch, step by step, comes within 20 percent of it (its test/engine-model/steady-state.test.ts).
 */
export function steadyState(options: {
  readonly stepTime: StepTime;
  readonly kvTokens: number;
  readonly request: PictureRequest;
  readonly maxNumSeqs: number;
}): Throughput {
  const { stepTime, request } = options;
  const { answerTokens } = request;
  const promptTokens = tokensOf(request) - answerTokens;
  const concurrency = Math.min(options.maxNumSeqs, Math.floor(options.kvTokens / tokensOf(request)));
  const context = concurrency * (promptTokens + answerTokens / 2);
  const answers =
    answerTokens *
    stepTime({
      tokens: concurrency,
      contextTokens: context,
      attentionPairs: context,
      picturePatches: [],
    });
  const prompts =
    concurrency *
    stepTime({
      tokens: promptTokens,
      contextTokens: 0,
      attentionPairs: promptTokens ** 2 / 2,
      picturePatches: [patchesOf(request.picture)],
    });
  const engine = concurrency / (answers + prompts);
  const prepared = 1_000 / prepareMs(request.picture);
  return {
    imagesPerSecond: Math.min(engine, prepared),
    concurrency,
    bound: prepared < engine ? 'preparation' : answers > prompts ? 'answers' : 'prompts',
    secondsPerRequest: answers + prompts,
  };
}

/** Picture, question and answer: what the request takes of the KV cache at its end. */
function tokensOf({ picture, textTokens, answerTokens }: PictureRequest): number {
  return countImageTokens(picture) + textTokens + answerTokens;
}

/** One thread prepares all pictures; the time goes with the pixels that the model looks at. */
function prepareMs(picture: ImageSize): number {
  const { width, height } = fitImageSize(picture);
  return (PICTURE_PREPARE_MS * width * height) / PIXTRAL_IMAGE_TOKEN_RULE.maxSidePx ** 2;
}

function patchesOf(picture: ImageSize): number {
  const { width, height } = fitImageSize(picture);
  const { patchPx } = PIXTRAL_IMAGE_TOKEN_RULE;
  return Math.ceil(width / patchPx) * Math.ceil(height / patchPx);
}
