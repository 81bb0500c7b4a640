import { refuse } from './rules.ts';

/**
 * What is sure not to fit is refused before it takes a place: pictures are counted exactly, text only by the model
 * server. vLLM itself cuts an answer without a word where prompt and `max_tokens` exceed the context together
 * (recorded 324); what is refused here would be cut in any case.
 */
export function checkContext(options: {
  readonly imageTokens: number;
  readonly images: number;
  readonly longestAnswer: { readonly field: string; readonly tokens: number } | undefined;
  readonly contextTokens: number | undefined;
}): void {
  const { imageTokens, images, longestAnswer, contextTokens } = options;
  if (contextTokens === undefined || imageTokens === 0) return;
  const left = contextTokens - imageTokens;
  const taken = `${images === 1 ? 'the picture takes' : `the ${images} pictures take`} ${imageTokens} tokens of a context of ${contextTokens}`;
  if (left <= 0) refuse('messages', `does not fit: ${taken}; send fewer or smaller pictures`);
  if (longestAnswer && longestAnswer.tokens >= left) {
    refuse(
      longestAnswer.field,
      `must be below ${left} with these pictures, got ${longestAnswer.tokens}: ${taken}, and the answer would be cut`,
    );
  }
}
