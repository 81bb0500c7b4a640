import type { ImageHeader } from '@pixtral-fleet/catalog';

/** As the picture is seen, in pixels: EXIF orientations 5 to 8 swap the sides. */
export function uprightSize({ width, height, exifOrientation = 1 }: ImageHeader): {
  width: number;
  height: number;
} {
  return exifOrientation >= 5 ? { width: height, height: width } : { width, height };
}
