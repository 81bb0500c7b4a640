import { contrastingPair } from './colours.ts';
import { digitDots, digitRegion } from './digit-region.ts';
import type { Drawing } from './drawing.ts';
import { MARGIN } from './place.ts';
import { pick, type Random, randomInteger } from './random.ts';
import { createRaster, paint, type Raster } from './raster.ts';

const DIGITS = 4;
const WIDTH = { min: 144, max: 256 } as const;
const HEIGHT = { min: 64, max: 128 } as const;
/** Pixels. What fits the smallest picture; a smaller dot gets lost in a 16x16 patch. */
const MIN_DOT = 5;

export function drawDigits(random: Random): Drawing {
  const digits = randomDigits(random);
  return {
    question: 'Which digits are written in the picture? Answer with the digits only.',
    expected: digits,
    rasters: [writeDigits(digits, random)],
  };
}

/** Two different numbers, so that a wrong order shows. */
export function drawNumbers(random: Random): Drawing {
  const first = randomDigits(random);
  let second = randomDigits(random);
  if (second === first) second = randomDigits(random, first);
  return {
    question:
      'Which digits are written in each picture, in order? Answer with the digits only, separated by commas.',
    expected: `${first}, ${second}`,
    rasters: [writeDigits(first, random), writeDigits(second, random)],
  };
}

function writeDigits(digits: string, random: Random): Raster {
  const size = {
    width: randomInteger(random, WIDTH.min, WIDTH.max),
    height: randomInteger(random, HEIGHT.min, HEIGHT.max),
  };
  const dots = digitDots(DIGITS);
  const largest = Math.floor(
    Math.min((size.width - 2 * MARGIN) / dots.width, (size.height - 2 * MARGIN) / dots.height),
  );
  const dot = randomInteger(random, MIN_DOT, largest);
  const { ink, paper } = contrastingPair(random);
  const raster = createRaster(size, paper);
  const x = randomInteger(random, MARGIN, size.width - MARGIN - dots.width * dot);
  const y = randomInteger(random, MARGIN, size.height - MARGIN - dots.height * dot);
  paint(raster, ink, digitRegion(digits, { x, y, dot }));
  return raster;
}

/**
 * No 0 in front and no digit twice in a row: a model that sees drops a leading 0 or miscounts a run. With `not`, a
 * number that begins with another digit than that one.
 */
function randomDigits(random: Random, not = ''): string {
  let digits = '';
  while (digits.length < DIGITS) {
    const before = digits.at(-1) ?? '0';
    const allowed = [...'0123456789'].filter(
      (digit) => digit !== before && (digits !== '' || digit !== not[0]),
    );
    digits += pick(random, allowed);
  }
  return digits;
}
