import { fitImageSize } from '@pixtral-fleet/catalog';
import type { InspectedImage } from '../inspect-image.ts';
import type { PictureJob } from './picture-job.ts';

/** EXIF orientations from here on swap width and height. */
const SWAPS = 5;

/** The size of a picture as it is to be seen. */
export function uprightSize(
  size: { readonly width: number; readonly height: number },
  orientation: number,
): { readonly width: number; readonly height: number } {
  return orientation >= SWAPS ? { width: size.height, height: size.width } : size;
}

/** What is to be made of a picture: the very size that the model would scale it to, so that it takes as many tokens. */
export function planPicture({
  format,
  width,
  height,
  orientation,
}: Pick<InspectedImage, 'format' | 'width' | 'height' | 'orientation'>): Omit<PictureJob, 'bytes'> {
  // As it is stored: it is turned when it is small.
  const stored = uprightSize(fitImageSize({ width, height }), orientation);
  return { ...stored, orientation, format: format === 'jpeg' ? 'jpeg' : 'png' };
}
