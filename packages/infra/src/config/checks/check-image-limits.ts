import { countImageTokens, PIXTRAL_IMAGE_TOKEN_RULE } from '@pixtral-fleet/catalog';
import type { ConfigWarner } from '../warnings.ts';
import type { ConfigCheck } from './index.ts';

/** Tokens of the largest picture: whatever is larger is scaled down to it. */
const FULL_PICTURE_TOKENS: number = countImageTokens({
  width: PIXTRAL_IMAGE_TOKEN_RULE.maxSidePx,
  height: PIXTRAL_IMAGE_TOKEN_RULE.maxSidePx,
});

/** A question and a short answer beside the pictures. */
const LEAST_TEXT_TOKENS = 256;

/** The gate and the smoke tests ask about this many small pictures at once (smoke-tests, draw-colours.ts). */
const ASKED_AT_ONCE = 4;

/** A context that not even one full picture fits in is a slip; with fewer pictures than are asked about no instance passes. */
export const checkImageLimits: ConfigCheck = ({ maxModelLen, maxImages }) => {
  const least = FULL_PICTURE_TOKENS + LEAST_TEXT_TOKENS;
  if (maxImages < ASKED_AT_ONCE) {
    return [
      `maxImages must be at least ${ASKED_AT_ONCE}, got ${maxImages}: the gate asks about as many pictures at once, and would refuse every instance`,
    ];
  }
  if (maxModelLen >= least) return [];
  return [
    `maxModelLen must be at least ${least}, got ${maxModelLen}: a picture of 1024 × 1024 takes ${FULL_PICTURE_TOKENS} tokens, a question and a short answer ${LEAST_TEXT_TOKENS}`,
  ];
};

/** Many small pictures may fit where as many large ones do not; the model server refuses what does not. */
export const warnOfImageLimits: ConfigWarner = ({ maxModelLen, maxImages }) => {
  const needed = maxImages * FULL_PICTURE_TOKENS + LEAST_TEXT_TOKENS;
  if (needed <= maxModelLen) return [];
  const fit = Math.floor((maxModelLen - LEAST_TEXT_TOKENS) / FULL_PICTURE_TOKENS);
  return [
    {
      id: 'image-limits',
      message: `maxImages ${maxImages} pictures of 1024 × 1024 take ${maxImages * FULL_PICTURE_TOKENS} tokens, but maxModelLen is ${maxModelLen}: only ${fit} fit with a question and a short answer. More are refused unless they are smaller. maxModelLen ${needed} would hold them all, if the GPU does`,
    },
  ];
};
