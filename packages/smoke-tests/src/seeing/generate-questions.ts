import { drawColour, drawColours } from './draw-colours.ts';
import { drawDigits, drawNumbers } from './draw-digits.ts';
import { drawCount, drawPosition, drawShape } from './draw-figures.ts';
import type { Drawing } from './drawing.ts';
import { cryptoRandom, type Random } from './random.ts';
import { encodePng, joinRasters } from './raster.ts';
import { SEEING_KINDS, type SeeingKind, type SeeingQuestion } from './seeing-question.ts';

export interface GenerateQuestionsOptions {
  /** @default crypto.getRandomValues */
  readonly random?: Random;
  /** One question each, in this order. @default SEEING_KINDS */
  readonly kinds?: readonly SeeingKind[];
}

/** Draws fresh pictures and asks about them. Nobody has seen them before, so no answer can be known by heart. */
export function generateQuestions(options: GenerateQuestionsOptions = {}): SeeingQuestion[] {
  const { random = cryptoRandom, kinds = SEEING_KINDS } = options;
  return kinds.map((kind) => generateQuestion(kind, random));
}

/** One fresh question of that kind. */
export function generateQuestion(kind: SeeingKind, random: Random): SeeingQuestion {
  return encode(kind, DRAWINGS[kind](random));
}

/** Enough that the last free one of 4 answers is missed once in 10^8 times, of 8 once in 5,000, which only repeats one; bounded for a source that repeats itself. */
const REDRAWS = 64;

/**
 * One fresh question whose answer is not among `used`, which it joins: an answer kept from an earlier picture is then
 * wrong. When all answers of the kind are used they begin anew.
 */
export function generateUnlike(kind: SeeingKind, random: Random, used: Set<string>): SeeingQuestion {
  if (used.size >= CHOICES[kind]) used.clear();
  let drawing = DRAWINGS[kind](random);
  for (let redraw = 0; used.has(drawing.expected) && redraw < REDRAWS; redraw++) {
    drawing = DRAWINGS[kind](random);
  }
  used.add(drawing.expected);
  return encode(kind, drawing);
}

function encode(kind: SeeingKind, { question, expected, rasters }: Drawing): SeeingQuestion {
  const pictures = rasters.map(encodePng);
  const [only] = pictures;
  const picture = only && pictures.length === 1 ? only : encodePng(joinRasters(rasters));
  const sizes = rasters.map(({ width, height }) => ({ width, height }));
  return { kind, question, expected, pictures, sizes, picture };
}

const DRAWINGS: Readonly<Record<SeeingKind, (random: Random) => Drawing>> = {
  colour: drawColour,
  shape: drawShape,
  digits: drawDigits,
  count: drawCount,
  position: drawPosition,
  colours: drawColours,
  numbers: drawNumbers,
};

/**
 * Answers that a question can have, as one who sees no picture counts them. Digits: 9⁴, none a leading 0 or equal to
 * the one before it. Colours: 8 · 7 for two pictures, the easiest to guess when their number is known.
 */
export const CHOICES: Readonly<Record<SeeingKind, number>> = {
  colour: 8,
  shape: 3,
  digits: 9 ** 4,
  count: 5,
  position: 4,
  colours: 8 * 7,
  numbers: 9 ** 4 * (9 ** 4 - 1),
};
