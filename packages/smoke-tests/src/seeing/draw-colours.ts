import { COLOUR_NAMES, shadeOf } from './colours.ts';
import type { Drawing } from './drawing.ts';
import { randomSize } from './place.ts';
import { pick, type Random, randomInteger, sample } from './random.ts';
import { createRaster, type Size } from './raster.ts';

export function drawColour(random: Random): Drawing {
  const name = pick(random, COLOUR_NAMES);
  return {
    question: `What colour is this picture? Answer with one word: ${COLOUR_NAMES.join(', ')}.`,
    expected: name,
    rasters: [createRaster(randomSize(random), shadeOf(name, random))],
  };
}

/** At most the 4 pictures that a fleet takes in one request by default. */
const SEVERAL = { min: 2, max: 4 } as const;
const SEVERAL_SIDE = { min: 64, max: 160 } as const;

/** All different in colour and in size, so that a wrong order shows. */
export function drawColours(random: Random): Drawing {
  const names = sample(random, COLOUR_NAMES, randomInteger(random, SEVERAL.min, SEVERAL.max));
  const sizes: Size[] = [];
  for (const _ of names) {
    let { width, height } = randomSize(random, SEVERAL_SIDE);
    while (sizes.some((size) => size.width === width && size.height === height)) {
      width = width === SEVERAL_SIDE.max ? SEVERAL_SIDE.min : width + 1;
    }
    sizes.push({ width, height });
  }
  return {
    question: 'What colour is each picture, in order? Answer with the colours only, separated by commas.',
    expected: names.join(', '),
    rasters: names.map((name, index) =>
      createRaster(
        sizes[index] ?? { width: SEVERAL_SIDE.min, height: SEVERAL_SIDE.min },
        shadeOf(name, random),
      ),
    ),
  };
}
