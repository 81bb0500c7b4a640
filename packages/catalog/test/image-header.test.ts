import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ImageHeaderError, readImageHeader } from '../src/index.ts';

describe('the header of a picture', () => {
  it.each([
    ['17x16.png', { format: 'png', width: 17, height: 16 }],
    ['palette.png', { format: 'png', width: 320, height: 160 }],
    ['animated.gif', { format: 'gif', width: 320, height: 160 }],
    ['wide.jpg', { format: 'jpeg', width: 320, height: 160 }],
    ['wide.webp', { format: 'webp', width: 320, height: 160 }],
    ['exif-rotated.jpg', { format: 'jpeg', width: 320, height: 160, exifOrientation: 6 }],
  ])('of %s', (name, header) => {
    expect(readImageHeader(fixture(name))).toEqual(header);
  });

  it('is read from the beginning alone', () => {
    expect(readImageHeader(fixture('17x16.png').subarray(0, 24))).toMatchObject({ width: 17 });
    expect(readImageHeader(fixture('wide.webp').subarray(0, 30))).toMatchObject({ width: 320 });
    expect(readImageHeader(fixture('animated.gif').subarray(0, 10))).toMatchObject({ width: 320 });
  });

  it.each([
    ['lossless WebP', webp('VP8L', [0x2f, 0xff, 0xc0, 0x1f, 0]), { width: 256, height: 128 }],
    ['extended WebP', webp('VP8X', [0, 0, 0, 0, 0xff, 0, 0, 0x7f, 0, 0]), { width: 256, height: 128 }],
  ])('of a %s', (_name, bytes, size) => {
    expect(readImageHeader(bytes)).toEqual({ format: 'webp', ...size });
  });

  it.each([
    ['nothing', new Uint8Array(), 'empty', 'the picture has zero bytes'],
    [
      'a TIFF',
      fixture('small.tiff'),
      'unknown-format',
      'expected PNG, JPEG, WebP or GIF, got bytes that begin with 49 49 2a 00',
    ],
    [
      'an SVG',
      fixture('vector.svg'),
      'unknown-format',
      'expected PNG, JPEG, WebP or GIF, got bytes that begin with 3c 73 76 67',
    ],
    ['text', fixture('not-an-image.txt'), 'unknown-format', 'expected PNG, JPEG, WebP or GIF'],
    [
      'half a PNG header',
      fixture('17x16.png').subarray(0, 20),
      'truncated',
      'the PNG ends after 20 bytes, inside its header',
    ],
    [
      'the start of a JPEG',
      fixture('wide.jpg').subarray(0, 30),
      'truncated',
      'the JPEG ends after 30 bytes, before its frame header',
    ],
    ['a PNG without area', zeroWidth(), 'invalid', 'a png of 0x16 pixels has no area'],
  ])('fails for %s', (_name, bytes, reason, message) => {
    const thrown = errorOf(() => readImageHeader(bytes));
    expect(thrown).toBeInstanceOf(ImageHeaderError);
    expect(thrown).toMatchObject({ reason });
    expect((thrown as Error).message).toContain(message);
  });

  it('throws nothing but its own error, whatever the bytes', () => {
    const starts = ['17x16.png', 'animated.gif', 'wide.jpg', 'wide.webp', 'exif-rotated.jpg'].map(fixture);
    const damaged = fc
      .tuple(fc.constantFrom(...starts), fc.nat(400), fc.uint8Array({ maxLength: 60 }), fc.nat(1_000))
      .map(([bytes, at, patch, length]) => {
        const copy = bytes.slice(0, Math.max(length, 1));
        copy.set(patch.subarray(0, Math.max(0, copy.length - at)), Math.min(at, copy.length));
        return copy;
      });
    fc.assert(
      fc.property(fc.oneof(damaged, fc.uint8Array({ maxLength: 200 })), (bytes) => {
        const thrown = errorOf(() => readImageHeader(bytes));
        expect(thrown === undefined || thrown instanceof ImageHeaderError).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});

function fixture(name: string): Uint8Array {
  return readFileSync(new URL(`fixtures/${name}`, import.meta.url));
}

function zeroWidth(): Uint8Array {
  const bytes = Uint8Array.from(fixture('17x16.png'));
  bytes.fill(0, 16, 20);
  return bytes;
}

function webp(chunk: string, content: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(40);
  bytes.set(Buffer.from('RIFF'), 0);
  bytes.set(Buffer.from(`WEBP${chunk}`), 8);
  bytes.set(content, 20);
  return bytes;
}

function errorOf(work: () => unknown): unknown {
  try {
    work();
    return undefined;
  } catch (error) {
    return error;
  }
}
