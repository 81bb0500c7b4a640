import type { InspectedImage } from '../inspect-image.ts';
import { locatePictures, replacePictures } from './replace-pictures.ts';

/**
 * A request without what was sent behind its pictures: a second picture, a video, another file. The model server gets the
 * bytes that were looked at, and no others.
 * @param body the bytes that the images were inspected in
 */
export function cutTails(body: Buffer, images: readonly InspectedImage[]): Buffer {
  const tailed = images.filter(({ tailBytes }) => tailBytes > 0);
  if (tailed.length === 0) return body;
  const located = locatePictures(
    body,
    tailed.map(({ at }) => at),
  );
  const cut = tailed.flatMap(({ format, bytes }, index) => {
    const picture = located[index];
    return picture ? [{ ...picture, format, bytes: picture.read().subarray(0, bytes) }] : [];
  });
  return replacePictures(body, cut);
}
