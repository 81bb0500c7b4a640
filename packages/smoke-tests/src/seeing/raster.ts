import { encode } from 'fast-png';

/** Red, green and blue, 0 to 255 each. */
export type Rgb = readonly [red: number, green: number, blue: number];

/** Width and height in pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A picture in memory: three bytes (red, green, blue) a pixel, row by row from the top left. */
export interface Raster extends Size {
  readonly pixels: Uint8Array;
}

/** Says whether a point belongs to a drawn thing. Asked at the middle of each pixel. */
export type Region = (x: number, y: number) => boolean;

const CHANNELS = 3;

/** A picture of one colour. */
export function createRaster({ width, height }: Size, colour: Rgb): Raster {
  const pixels = new Uint8Array(width * height * CHANNELS);
  pixels.set(colour);
  // What is there, twice as much each time: large pictures are drawn for every gate.
  for (let filled = CHANNELS; filled < pixels.length; filled *= 2) pixels.copyWithin(filled, 0, filled);
  return { width, height, pixels };
}

/** Gives every pixel of the region the colour. */
export function paint({ width, height, pixels }: Raster, [red, green, blue]: Rgb, region: Region): void {
  let at = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += CHANNELS) {
      if (!region(x + 0.5, y + 0.5)) continue;
      pixels[at] = red;
      pixels[at + 1] = green;
      pixels[at + 2] = blue;
    }
  }
}

/** The picture turned by a quarter, against the clock. */
export function turnLeft({ width, height, pixels }: Raster): Raster {
  const turned = new Uint8Array(pixels.length);
  for (let y = 0; y < width; y++) {
    for (let x = 0; x < height; x++) {
      const from = (x * width + width - 1 - y) * CHANNELS;
      turned.set(pixels.subarray(from, from + CHANNELS), (y * height + x) * CHANNELS);
    }
  }
  return { width: height, height: width, pixels: turned };
}

/** The picture as an 8-bit RGB PNG. Pure TypeScript, so that it runs in a Lambda and in a bundled agent. */
export function encodePng({ width, height, pixels }: Raster): Uint8Array {
  return encode({ width, height, data: pixels, depth: 8, channels: CHANNELS });
}

/** Several pictures from left to right in one, on white, top aligned: for people to look at. */
export function joinRasters(rasters: readonly Raster[], gap = 8): Raster {
  const sheet = createRaster(
    {
      width: rasters.reduce((sum, { width }) => sum + width, gap * (rasters.length - 1)),
      height: Math.max(...rasters.map(({ height }) => height)),
    },
    [255, 255, 255],
  );
  let left = 0;
  for (const { width, height, pixels } of rasters) {
    for (let y = 0; y < height; y++) {
      const row = pixels.subarray(y * width * CHANNELS, (y + 1) * width * CHANNELS);
      sheet.pixels.set(row, (y * sheet.width + left) * CHANNELS);
    }
    left += width + gap;
  }
  return sheet;
}
