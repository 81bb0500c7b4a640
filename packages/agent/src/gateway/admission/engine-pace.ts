import { PICTURE_PREPARE_MS, PIXTRAL_IMAGE_TOKEN_RULE, type StepTime } from '@pixtral-fleet/catalog';

/** What a request asks of the engine, known before the engine has seen it. */
export interface RequestWork {
  /** Prompt tokens of each picture. */
  readonly pictures: readonly number[];
  /** Tokens of everything else in the prompt: an estimate. */
  readonly textTokens: number;
  /** Limit of an answer; undefined where the request sets none. */
  readonly maxTokens: number | undefined;
  /** Answers to the one prompt: each takes a place in the batch. */
  readonly choices: number;
}

/** What the engine has in its batch. */
export interface BatchLoad {
  /** Answers that are written at the same time. */
  readonly places: number;
  /** Tokens in the KV cache, of all of them. */
  readonly contextTokens: number;
}

/** How long the parts of a request take, in seconds: modelled, before any measurement corrects it. */
export interface EnginePace {
  /** The engine's time for the prompt: pictures encoded, keys and values computed. */
  promptSeconds(work: RequestWork): number;
  /** Preparation of the pictures on the CPU, before the engine sees them. */
  prepareSeconds(work: RequestWork): number;
  /** From token to token of an answer. */
  stepSeconds(load: BatchLoad): number;
}

/** Tokens of a picture at full size, whose preparation was recorded. */
const FULL_PICTURE_TOKENS =
  (PIXTRAL_IMAGE_TOKEN_RULE.maxSidePx / PIXTRAL_IMAGE_TOKEN_RULE.patchPx) *
  (PIXTRAL_IMAGE_TOKEN_RULE.maxSidePx / PIXTRAL_IMAGE_TOKEN_RULE.patchPx + 1);

/** By the catalog's roofline. A picture's tokens stand for its patches: a few percent more, one for each row. */
export function createEnginePace(stepTime: StepTime): EnginePace {
  return {
    promptSeconds(work) {
      const tokens = promptTokens(work);
      return stepTime({
        tokens,
        contextTokens: 0,
        attentionPairs: tokens ** 2 / 2,
        picturePatches: work.pictures,
      });
    },
    prepareSeconds: ({ pictures }) => (PICTURE_PREPARE_MS / 1_000 / FULL_PICTURE_TOKENS) * sum(pictures),
    stepSeconds: ({ places, contextTokens }) =>
      stepTime({ tokens: places, contextTokens, attentionPairs: contextTokens, picturePatches: [] }),
  };
}

export function promptTokens({ pictures, textTokens }: RequestWork): number {
  return sum(pictures) + textTokens;
}

/** Image tokens of a request. */
export function imageTokens({ pictures }: Pick<RequestWork, 'pictures'>): number {
  return sum(pictures);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
