import { describe, expect, it } from 'vitest';
import {
  DEFAULT_IMAGE_LIMITS,
  ImageHeaderError,
  refuseImage,
  refuseImageBytes,
  refuseImageCount,
  refuseUnreadableImage,
} from '../src/index.ts';

const limits = { maxImages: 2, maxImageBytes: 1_000, maxImagePixels: 10_000 };
const fits = { width: 100, height: 100, byteLength: 1_000 };

describe('a picture', () => {
  it('at each limit is let through', () => {
    expect(refuseImage(fits, limits)).toBeUndefined();
    expect(refuseImageBytes(1_000, limits)).toBeUndefined();
    expect(refuseImageCount(2, limits)).toBeUndefined();
  });

  it.each([
    ['bytes', { ...fits, byteLength: 1_001 }, 'the picture has 1001 bytes, at most 1000 are accepted'],
    [
      'pixels',
      { ...fits, width: 101 },
      'the picture has 101x100 pixels, at most 10000 in all are accepted; the model looks at no more than 1024 a side',
    ],
    [
      'an EXIF orientation',
      { ...fits, exifOrientation: 6 },
      'the JPEG is to be turned by its EXIF orientation (6), which the model server fails on; bake the orientation in before sending',
    ],
  ])('is refused for its %s', (_name, image, message) => {
    expect(refuseImage(image, limits)).toBe(message);
  });

  it('one too many is refused', () => {
    expect(refuseImageCount(3, limits)).toBe('at most 2 pictures may be in one request');
  });

  it('that cannot be read is refused with the reason', () => {
    expect(refuseUnreadableImage(new ImageHeaderError('empty', 'the picture has zero bytes'))).toBe(
      'not a picture that can be read: the picture has zero bytes',
    );
  });

  it('of the largest square that a fleet accepts by default is let through', () => {
    const largest = { width: 4_096, height: 4_096, byteLength: 10_485_760 };
    expect(refuseImage(largest, DEFAULT_IMAGE_LIMITS)).toBeUndefined();
  });
});
