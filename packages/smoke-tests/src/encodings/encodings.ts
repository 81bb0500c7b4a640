import type { ImageSize } from '@pixtral-fleet/catalog';
import { drawColour } from '../seeing/draw-colours.ts';
import { drawDigits, drawNumbers } from '../seeing/draw-digits.ts';
import type { Drawing } from '../seeing/drawing.ts';
import type { Random } from '../seeing/random.ts';
import { createRaster, encodePng, type Raster, type Rgb } from '../seeing/raster.ts';
import type { SeeingQuestion } from '../seeing/seeing-question.ts';
import { encodeGif } from './encode-gif.ts';
import { encodeJpeg } from './encode-jpeg.ts';
import { encodeAlphaPng, encodeDeepPng, encodePalettePng } from './encode-png-variants.ts';
import { encodeWebp } from './encode-webp.ts';

/** One way in which a picture may come. */
export interface Encoding {
  /** For people, such as `palette PNG`. */
  readonly name: string;
  /** A fresh picture that comes so, and a question about it. */
  readonly draw: (random: Random) => SeeingQuestion;
}

/** Everything that clients send, each of which a decoder can be missing for or get wrong. */
export const ENCODINGS: readonly Encoding[] = [
  digitsAs('PNG with alpha', encodeAlphaPng),
  digitsAs('palette PNG', encodePalettePng),
  digitsAs('16-bit PNG', encodeDeepPng),
  digitsAs('JPEG', encodeJpeg),
  digitsAs('WebP', encodeWebp),
  digitsAs('GIF', (raster) => encodeGif([raster])),
  { name: 'animated GIF', draw: drawAnimation },
  colourOf({ width: 1, height: 1 }),
  // The most that the model looks at, and one that is scaled down to it.
  colourOf({ width: 1024, height: 1024 }),
  colourOf({ width: 1280, height: 1024 }),
];

function digitsAs(name: string, encode: (raster: Raster) => Uint8Array): Encoding {
  return { name, draw: (random) => toQuestion('digits', drawDigits(random), encode) };
}

/** Of one colour: how many pixels there are must not matter. Small print in large pictures is the model's affair. */
function colourOf(size: ImageSize): Encoding {
  return {
    name: `${size.width}x${size.height} PNG`,
    draw: (random) => {
      const drawing = drawColour(random);
      const [first] = drawing.rasters;
      const [red = 0, green = 0, blue = 0] = first?.pixels ?? [];
      return toQuestion(
        'colour',
        { ...drawing, rasters: [createRaster(size, [red, green, blue])] },
        encodePng,
      );
    },
  };
}

/** The first frame counts; the second has other digits. */
function drawAnimation(random: Random): SeeingQuestion {
  const { question } = drawDigits(random);
  const { expected, rasters } = drawNumbers(random);
  const [first = '', second] = [expected.split(', ')[0], rasters[1]];
  const drawing = { question, expected: first, rasters: rasters.slice(0, 1) };
  return toQuestion('digits', drawing, (raster) => encodeGif([raster, fitTo(raster, second)]));
}

/** The other picture, cut or filled up with its paper to the size of the first. */
function fitTo({ width, height }: Raster, other: Raster | undefined): Raster {
  const paper: Rgb = [other?.pixels[0] ?? 0, other?.pixels[1] ?? 0, other?.pixels[2] ?? 0];
  const fitted = createRaster({ width, height }, paper);
  if (!other) return fitted;
  const shared = Math.min(width, other.width) * 3;
  for (let y = 0; y < Math.min(height, other.height); y++) {
    const from = y * other.width * 3;
    fitted.pixels.set(other.pixels.subarray(from, from + shared), y * width * 3);
  }
  return fitted;
}

function toQuestion(
  kind: 'digits' | 'colour',
  { question, expected, rasters }: Drawing,
  encode: (raster: Raster) => Uint8Array,
): SeeingQuestion {
  const pictures = rasters.map(encode);
  const sizes = rasters.map(({ width, height }) => ({ width, height }));
  return { kind, question, expected, pictures, sizes, picture: pictures[0] ?? new Uint8Array() };
}
