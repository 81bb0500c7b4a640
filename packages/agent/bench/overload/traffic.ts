import { countImageTokens, type ImageSize } from '@pixtral-fleet/catalog';
import type { Random } from '@pixtral-fleet/smoke-tests/seeing';
import type { RequestWork } from '../../src/gateway/admission/engine-pace.ts';

/** Sizes of pictures that come mixed, and their parts of the traffic. */
const PICTURES: readonly { readonly size: ImageSize; readonly part: number }[] = [
  { size: { width: 256, height: 256 }, part: 0.3 },
  { size: { width: 640, height: 480 }, part: 0.3 },
  { size: { width: 1280, height: 720 }, part: 0.25 },
  { size: { width: 1024, height: 1024 }, part: 0.15 },
];

/** Tokens of the question. */
const TEXT_TOKENS = 64;

/** What requests ask for at most; answers are this long or shorter, and the gateway is not told. */
const MAX_TOKENS = 256;
const ANSWER_TOKENS = { least: 16, most: 160 } as const;

/** A request, with what only the engine will find out. */
export interface Arrival {
  readonly work: RequestWork;
  readonly answerTokens: number;
}

/** One of the mix. */
export function drawArrival(random: Random): Arrival {
  const { size } = drawPicture(random());
  const { least, most } = ANSWER_TOKENS;
  return {
    work: {
      pictures: [countImageTokens(size)],
      textTokens: TEXT_TOKENS,
      maxTokens: MAX_TOKENS,
      choices: 1,
    },
    answerTokens: Math.round(least + (most - least) * random()),
  };
}

function drawPicture(value: number): (typeof PICTURES)[number] {
  let upTo = 0;
  const picture = PICTURES.find(({ part }) => {
    upTo += part;
    return value < upTo;
  });
  return picture ?? PICTURES[0]!;
}

/** Seconds to the next arrival of a Poisson process. */
export function drawPause(random: Random, perSecond: number): number {
  return -Math.log(1 - random()) / perSecond;
}
