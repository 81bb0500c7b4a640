import type { ImageHeader } from '@pixtral-fleet/catalog';
import { PictureFault } from './picture-fault.ts';
import { walkGif } from './walk-gif.ts';
import { walkJpeg } from './walk-jpeg.ts';
import { walkPng } from './walk-png.ts';
import { walkWebp } from './walk-webp.ts';

const NAMES = { png: 'PNG', jpeg: 'JPEG', webp: 'WebP', gif: 'GIF' } as const;

/** What walking through a picture tells. */
export interface PictureStructure {
  /** How it is to be turned, 1 to 8: by EXIF, or by XMP where EXIF says nothing, as Pillow reads it. */
  readonly orientation: number;
  /** Bytes of the picture itself; what follows is not of it, and must not be passed on. */
  readonly end: number;
}

/**
 * Walks through all of a picture without decoding a pixel: what is cut off or damaged would be seen otherwise by the model
 * than by people (CVE-2026-12491), or fail in the engine. Animated pictures pass: the model sees their first frame.
 * @param header of the same bytes
 * @throws PictureFault
 */
export function checkStructure(bytes: Buffer, header: ImageHeader): PictureStructure {
  switch (header.format) {
    case 'png':
      return walkPng(bytes);
    case 'jpeg':
      return walkJpeg(bytes);
    case 'gif':
      return walkGif(bytes);
    case 'webp':
      return walkWebp(bytes, header);
  }
}

/** For where nobody turns it. @throws PictureFault */
export function demandUpright({ orientation }: PictureStructure, { format }: ImageHeader): void {
  if (orientation > 1) {
    throw new PictureFault(
      `the ${NAMES[format]} is to be turned by its EXIF orientation (${orientation}), which the model server fails on; bake the orientation in before sending`,
    );
  }
}
