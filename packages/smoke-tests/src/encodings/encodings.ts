import type { ImageSize } from '@pixtral-fleet/catalog';
import { drawColour } from '../seeing/draw-colours.ts';
import { drawDigits, drawDigitsAt } from '../seeing/draw-digits.ts';
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

/** The side at which the model looks at most, and a picture that is scaled down to it. */
const LARGEST: ImageSize = { width: 1024, height: 1024 };
const SCALED: ImageSize = { width: 1280, height: 1024 };
/** Pixels. Still more than half of a 16x16 patch after scaling. */
const LARGE_DOT = 12;

/** Everything that clients send, each of which a decoder can be missing for or get wrong. */
export const ENCODINGS: readonly Encoding[] = [
  digitsAs('PNG with alpha', encodeAlphaPng),
  digitsAs('palette PNG', encodePalettePng),
  digitsAs('16-bit PNG', encodeDeepPng),
  digitsAs('JPEG', encodeJpeg),
  digitsAs('WebP', encodeWebp),
  digitsAs('GIF', (raster) => encodeGif([raster])),
  { name: 'animated GIF', draw: drawAnimation },
  { name: '1x1 PNG', draw: drawDot },
  largeDigits(LARGEST),
  largeDigits(SCALED),
];

function digitsAs(name: string, encode: (raster: Raster) => Uint8Array): Encoding {
  return { name, draw: (random) => toQuestion('digits', drawDigits(random), encode) };
}

function largeDigits(size: ImageSize): Encoding {
  return {
    name: `${size.width}x${size.height} PNG`,
    draw: (random) => toQuestion('digits', drawDigitsAt(random, { size, minDot: LARGE_DOT }), encodePng),
  };
}

/** The first frame counts; the second has other digits. */
function drawAnimation(random: Random): SeeingQuestion {
  const drawing = drawDigits(random);
  let other = drawDigits(random);
  while (other.expected === drawing.expected) other = drawDigits(random);
  return toQuestion('digits', drawing, (raster) => encodeGif([raster, fitTo(raster, other.rasters[0])]));
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

function drawDot(random: Random): SeeingQuestion {
  const drawing = drawColour(random);
  const [raster] = drawing.rasters;
  const dot = { width: 1, height: 1, pixels: raster?.pixels.slice(0, 3) ?? new Uint8Array(3) };
  return toQuestion('colour', { ...drawing, rasters: [dot] }, encodePng);
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
