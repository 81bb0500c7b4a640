import { COLOUR_NAMES, contrastingPair, shadeOf } from './colours.ts';
import { digitDots, digitRegion } from './digit-region.ts';
import { cryptoRandom, pick, type Random, randomInteger, sample } from './random.ts';
import { createRaster, encodePng, joinRasters, paint, type Raster, type Size } from './raster.ts';
import type { SeeingKind, SeeingQuestion } from './seeing-question.ts';
import { SHAPE_NAMES, shapeRegion } from './shape-region.ts';

/** Each kind that is about one picture: what the gate and the smoke check ask unless told otherwise. */
export const DEFAULT_KINDS: readonly SeeingKind[] = ['colour', 'shape', 'digits'];

export interface GenerateQuestionsOptions {
  /** @default crypto.getRandomValues */
  readonly random?: Random;
  /** One question each, in this order. @default ['colour', 'shape', 'digits'] */
  readonly kinds?: readonly SeeingKind[];
}

/** Draws fresh pictures and asks about them. Nobody has seen them before, so no answer can be known by heart. */
export function generateQuestions(options: GenerateQuestionsOptions = {}): SeeingQuestion[] {
  const { random = cryptoRandom, kinds = DEFAULT_KINDS } = options;
  return kinds.map((kind) => generateQuestion(kind, random));
}

/** One fresh question of that kind. */
export function generateQuestion(kind: SeeingKind, random: Random): SeeingQuestion {
  const { rasters, ...question } = DRAWINGS[kind](random);
  const pictures = rasters.map(encodePng);
  const [only] = pictures;
  const picture = only && pictures.length === 1 ? only : encodePng(joinRasters(rasters));
  return { kind, ...question, pictures, picture };
}

interface Drawing {
  readonly question: string;
  readonly expected: string;
  readonly rasters: readonly Raster[];
}

const DRAWINGS: Record<SeeingKind, (random: Random) => Drawing> = {
  colour: drawColour,
  shape: drawShape,
  digits: drawDigits,
  colours: drawColours,
};

/** Pixels a side: a shape fills many 16x16 patches, and a picture costs at most 1,056 tokens. */
const SIDE = { min: 256, max: 512 } as const;

function drawColour(random: Random): Drawing {
  const name = pick(random, COLOUR_NAMES);
  return {
    question: `What colour is this picture? Answer with one word: ${COLOUR_NAMES.join(', ')}.`,
    expected: name,
    rasters: [createRaster(randomSize(random), shadeOf(name, random))],
  };
}

/** Below the 4 pictures that a fleet takes in one request by default; all different, so that order shows. */
const SEVERAL = 3;

function drawColours(random: Random): Drawing {
  const names = sample(random, COLOUR_NAMES, SEVERAL);
  return {
    question: 'What colour is each picture, in order? Answer with the colours only, separated by commas.',
    expected: names.join(', '),
    rasters: names.map((name) => createRaster(randomSize(random), shadeOf(name, random))),
  };
}

/** Half of a shape's width as a share of the shorter side: large enough to see, with room to move. */
const HALF_SHARE = { min: 0.22, max: 0.38 } as const;

function drawShape(random: Random): Drawing {
  const shape = pick(random, SHAPE_NAMES);
  const size = randomSize(random);
  const shorter = Math.min(size.width, size.height);
  const half = Math.round(shorter * (HALF_SHARE.min + random() * (HALF_SHARE.max - HALF_SHARE.min)));
  const place = (side: number): number => randomInteger(random, half + MARGIN, side - half - MARGIN);
  const { ink, paper } = contrastingPair(random);
  const raster = createRaster(size, paper);
  paint(raster, ink, shapeRegion(shape, { x: place(size.width), y: place(size.height), half }));
  return {
    question: `What shape is in the picture? Answer with one word: ${SHAPE_NAMES.join(', ')}.`,
    expected: shape,
    rasters: [raster],
  };
}

const DIGITS = 4;
/** Pixels. A smaller dot gets lost in a 16x16 patch. */
const MIN_DOT = 6;
/** Pixels between what is drawn and the edge. */
const MARGIN = 12;

function drawDigits(random: Random): Drawing {
  const digits = randomDigits(random);
  const size = randomSize(random);
  const dots = digitDots(DIGITS);
  const largest = Math.floor(
    Math.min((size.width - 2 * MARGIN) / dots.width, (size.height - 2 * MARGIN) / dots.height),
  );
  const dot = randomInteger(random, Math.max(MIN_DOT, Math.ceil(largest * 0.6)), largest);
  const { ink, paper } = contrastingPair(random);
  const raster = createRaster(size, paper);
  const x = randomInteger(random, MARGIN, size.width - MARGIN - dots.width * dot);
  const y = randomInteger(random, MARGIN, size.height - MARGIN - dots.height * dot);
  paint(raster, ink, digitRegion(digits, { x, y, dot }));
  return {
    question: 'Which digits are written in the picture? Answer with the digits only.',
    expected: digits,
    rasters: [raster],
  };
}

/** No 0 in front and no digit twice in a row: a model that sees drops a leading 0 or miscounts a run. */
function randomDigits(random: Random): string {
  let digits = '';
  while (digits.length < DIGITS) {
    const allowed = [...'0123456789'].filter((digit) => digit !== (digits.at(-1) ?? '0'));
    digits += pick(random, allowed);
  }
  return digits;
}

function randomSize(random: Random): Size {
  return {
    width: randomInteger(random, SIDE.min, SIDE.max),
    height: randomInteger(random, SIDE.min, SIDE.max),
  };
}
