import { readImageHeader } from '@pixtral-fleet/catalog';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { encodeGif } from '../../src/encodings/encode-gif.ts';
import { encodeJpeg } from '../../src/encodings/encode-jpeg.ts';
import { encodeAlphaPng, encodeDeepPng, encodePalettePng } from '../../src/encodings/encode-png-variants.ts';
import { encodeWebp } from '../../src/encodings/encode-webp.ts';
import { ENCODINGS } from '../../src/encodings/encodings.ts';
import { drawDigits } from '../../src/seeing/draw-digits.ts';
import { createRaster, paint, type Raster } from '../../src/seeing/raster.ts';
import { seededRandom } from '../seeing/seeded-random.ts';

/** Another decoder than any that is written here: libvips, with libspng, libjpeg-turbo, libwebp and libnsgif. */
async function decode(bytes: Uint8Array, page = 0): Promise<Raster> {
  const { data, info } = await sharp(bytes, { page })
    .flatten({ background: '#ffffff' })
    .toColourspace('srgb')
    .removeAlpha()
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, pixels: new Uint8Array(data) };
}

const digits = (seed: number): Raster => {
  const [raster] = drawDigits(seededRandom(seed)).rasters;
  if (!raster) throw new Error('no picture was drawn');
  return raster;
};
const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8];
const LOSSLESS = [
  ['png', encodePalettePng],
  ['png', encodeDeepPng],
  ['webp', encodeWebp],
  ['gif', (raster: Raster) => encodeGif([raster])],
] as const;

describe('encoders', () => {
  test.each(LOSSLESS)('another decoder reads the same pixels from a %s (%o)', async (format, encode) => {
    for (const raster of [...SEEDS.map(digits), createRaster({ width: 1, height: 3 }, [7, 200, 9])]) {
      const bytes = encode(raster);
      const { width, height } = raster;
      expect(readImageHeader(bytes)).toEqual({ format, width, height });
      expect(await decode(bytes)).toEqual(raster);
    }
  });

  test('a JPEG differs by no more than 20 of 255, also where its sides are no multiples of 8', async () => {
    for (const raster of SEEDS.map(digits)) {
      const { pixels } = await decode(encodeJpeg(raster));
      expect(pixels.length).toBe(raster.pixels.length);
      const worst = pixels.reduce(
        (most, value, at) => Math.max(most, Math.abs(value - (raster.pixels[at] ?? 0))),
        0,
      );
      expect(worst).toBeLessThanOrEqual(20);
    }
  });

  test('a JPEG says how it is to be turned', async () => {
    expect(readImageHeader(encodeJpeg(digits(1), { orientation: 6 })).exifOrientation).toBe(6);
    expect((await sharp(encodeJpeg(digits(1), { orientation: 6 })).metadata()).orientation).toBe(6);
    expect((await sharp(encodeJpeg(digits(1))).metadata()).orientation).toBeUndefined();
  });

  test('what is transparent is white when flattened, and the ink’s own colour when alpha is dropped', async () => {
    const raster = digits(3);
    const bytes = encodeAlphaPng(raster);
    const { pixels } = await decode(bytes);
    expect([...pixels.subarray(0, 3)]).toEqual([255, 255, 255]);
    expect(new Set(pixels).size).toBeGreaterThan(1);
    const { dominant, channels } = await sharp(await sharp(bytes).removeAlpha().png().toBuffer()).stats();
    expect(dominant).toBeDefined();
    expect(channels.map(({ min, max }) => max - min)).toEqual([0, 0, 0]);
  });

  test('an animated GIF holds both frames, each whole', async () => {
    const first = digits(1);
    const second = createRaster(first, [10, 20, 30]);
    const bytes = encodeGif([first, second]);
    expect(await decode(bytes, 0)).toEqual(first);
    expect(await decode(bytes, 1)).toEqual(second);
  });

  test('fails when there is a third colour, or frames differ in size', () => {
    const raster = createRaster({ width: 4, height: 4 }, [0, 0, 0]);
    paint(raster, [255, 0, 0], (x) => x < 2);
    paint(raster, [0, 0, 255], (x) => x < 1);
    for (const encode of [encodeWebp, encodePalettePng, encodeAlphaPng]) {
      expect(() => encode(raster)).toThrow('expected two colours, got a third one');
    }
    expect(() => encodeGif([createRaster({ width: 4, height: 4 }, [0, 0, 0]), digits(1)])).toThrow(
      'frames of a GIF must have one size',
    );
  });

  test('every encoding draws another picture each time, of the size it says', () => {
    for (const { name, draw } of ENCODINGS) {
      const [one, two] = [draw(seededRandom(1)), draw(seededRandom(2))];
      expect([name, one.picture.length > 0]).toEqual([name, true]);
      expect(Buffer.compare(one.picture, two.picture)).not.toBe(0);
      const { width, height } = readImageHeader(one.picture);
      expect([{ width, height }]).toEqual(one.sizes);
      // A random source that repeats itself draws, too.
      expect(draw(() => 0).picture.length).toBeGreaterThan(0);
    }
  });
});
