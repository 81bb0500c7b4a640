import type { Raster } from '../seeing/raster.ts';
import { BitWriter } from './bit-writer.ts';
import { BLOCK, transformBlock, ZIGZAG } from './cosine-transform.ts';

export interface EncodeJpegOptions {
  /** EXIF orientation, 1 to 8: how a viewer is to turn the picture. @default - no EXIF block */
  readonly orientation?: number;
}

/** One step for all frequencies: fine enough that digits and colours stay what they are. */
const QUANTISER = 6;
const COMPONENTS = [1, 2, 3] as const;

/**
 * A baseline JPEG without subsampling. Its Huffman codes all have one length, four bits for DC and eight for AC: larger
 * than need be, and valid (ITU T.81, annexes B, C, F). Well-kept encoders are WebAssembly or native, which a bundled
 * Lambda and agent cannot load without their files; the pure one, jpeg-js, has had no release since 2022.
 */
export function encodeJpeg(raster: Raster, { orientation }: EncodeJpegOptions = {}): Uint8Array {
  return Buffer.concat([
    Uint8Array.from([0xff, 0xd8]),
    ...(orientation === undefined ? [] : [exifSegment(orientation)]),
    segment(0xdb, [0, ...Array.from({ length: BLOCK * BLOCK }, () => QUANTISER)]),
    segment(0xc0, [
      8,
      ...uint16(raster.height),
      ...uint16(raster.width),
      COMPONENTS.length,
      ...COMPONENTS.flatMap((component) => [component, 0x11, 0]),
    ]),
    segment(0xc4, [0x00, ...lengths(DC_BITS, DC_SYMBOLS.length), ...DC_SYMBOLS]),
    segment(0xc4, [0x10, ...lengths(AC_BITS, AC_SYMBOLS.length), ...AC_SYMBOLS]),
    segment(0xda, [COMPONENTS.length, ...COMPONENTS.flatMap((component) => [component, 0]), 0, 63, 0]),
    scan(raster),
    Uint8Array.from([0xff, 0xd9]),
  ]);
}

const DC_BITS = 4;
const AC_BITS = 8;
/** Sizes of a difference in bits. */
const DC_SYMBOLS = Array.from({ length: 12 }, (_, size) => size);
/** End of block, 16 zeros, and every (run of zeros, size). The code of a symbol is its place here. */
const AC_SYMBOLS = [
  0x00,
  0xf0,
  ...Array.from({ length: 16 * 10 }, (_, index) => (Math.floor(index / 10) << 4) | ((index % 10) + 1)),
];
const AC_CODES = new Map(AC_SYMBOLS.map((symbol, code) => [symbol, code]));

function scan({ width, height, pixels }: Raster): Uint8Array {
  const bits = new BitWriter('highest-first');
  const before = [0, 0, 0];
  for (let top = 0; top < height; top += BLOCK) {
    for (let left = 0; left < width; left += BLOCK) {
      for (const [component] of COMPONENTS.entries()) {
        const coefficients = transformBlock((x, y) => {
          const at = (Math.min(top + y, height - 1) * width + Math.min(left + x, width - 1)) * 3;
          return levelOf(component, [pixels[at] ?? 0, pixels[at + 1] ?? 0, pixels[at + 2] ?? 0]);
        }).map((value) => Math.round(value / QUANTISER));
        writeBlock(bits, coefficients, before[component] ?? 0);
        before[component] = coefficients[0] ?? 0;
      }
    }
  }
  return stuff(bits.end(1));
}

/** YCbCr as JFIF has it, each around 0. */
function levelOf(component: number, [red, green, blue]: readonly [number, number, number]): number {
  if (component === 0) return 0.299 * red + 0.587 * green + 0.114 * blue - 128;
  if (component === 1) return -0.168736 * red - 0.331264 * green + 0.5 * blue;
  return 0.5 * red - 0.418688 * green - 0.081312 * blue;
}

function writeBlock(bits: BitWriter, coefficients: readonly number[], dcBefore: number): void {
  const difference = (coefficients[0] ?? 0) - dcBefore;
  bits.write(sizeOf(difference), DC_BITS);
  writeValue(bits, difference);
  let zeros = 0;
  for (const index of ZIGZAG.slice(1)) {
    const value = coefficients[index] ?? 0;
    if (value === 0) {
      zeros++;
      continue;
    }
    for (; zeros > 15; zeros -= 16) bits.write(AC_CODES.get(0xf0) ?? 0, AC_BITS);
    bits.write(AC_CODES.get((zeros << 4) | sizeOf(value)) ?? 0, AC_BITS);
    writeValue(bits, value);
    zeros = 0;
  }
  if (zeros > 0) bits.write(AC_CODES.get(0x00) ?? 0, AC_BITS);
}

function sizeOf(value: number): number {
  return 32 - Math.clz32(Math.abs(value));
}

/** Negative numbers as one less, in as many bits as their amount has. */
function writeValue(bits: BitWriter, value: number): void {
  bits.write(value < 0 ? value - 1 : value, sizeOf(value));
}

/** In the data a byte of ones is followed by one of zeros, so that it is no marker. */
function stuff(bytes: Uint8Array): Uint8Array {
  return Uint8Array.from([...bytes].flatMap((byte) => (byte === 0xff ? [byte, 0] : [byte])));
}

/** A TIFF directory of one entry, little endian: tag 0x0112, a short. */
function exifSegment(orientation: number): Uint8Array {
  const entry = [0x12, 0x01, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0];
  return segment(0xe1, [...Buffer.from('Exif\0\0II*\0', 'latin1'), 8, 0, 0, 0, 1, 0, ...entry, 0, 0, 0, 0]);
}

function segment(marker: number, content: readonly number[]): Uint8Array {
  return Uint8Array.from([0xff, marker, ...uint16(content.length + 2), ...content]);
}

/** How many codes there are of each length from 1 to 16 bits. */
function lengths(bits: number, count: number): number[] {
  return Array.from({ length: 16 }, (_, index) => (index + 1 === bits ? count : 0));
}

function uint16(value: number): number[] {
  return [value >> 8, value & 0xff];
}
