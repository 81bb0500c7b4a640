import sharp, { type Sharp } from 'sharp';
import type { PictureJob } from '../picture-job.ts';

// One picture at a time on one core, nothing kept of it, and no decoder but those of the four formats.
sharp.cache(false);
sharp.concurrency(1);
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({
  operation: ['VipsForeignLoadPng', 'VipsForeignLoadJpeg', 'VipsForeignLoadWebp', 'VipsForeignLoadNsgif'],
});

const WHITE = '#ffffff';

/** The text is looked at too: nothing around its letters may be smeared. */
const JPEG = { quality: 95, chromaSubsampling: '4:4:4' } as const;

/** Scaled photographs have 3 MB of pixels; more effort takes long and saves little. */
const PNG = { compressionLevel: 2 } as const;

/**
 * The picture as people see it: first frame, on white where it is transparent, 8 bits of sRGB by its own colour profile,
 * scaled, upright, and without anything but its pixels.
 * @param maxPixels more are not decoded
 * @throws Error of the decoder
 */
export function normalizePicture(job: PictureJob, maxPixels: number): Promise<Buffer> {
  const { bytes, width, height, format } = job;
  const scaled = sharp(bytes, { pages: 1, limitInputPixels: maxPixels, failOn: 'error' })
    .flatten({ background: WHITE })
    .resize(width, height, { fit: 'fill', kernel: 'cubic' })
    .toColourspace('srgb')
    .removeAlpha();
  const upright = turn(scaled, job.orientation);
  return (format === 'jpeg' ? upright.jpeg(JPEG) : upright.png(PNG)).toBuffer();
}

/** Mirrored first, then turned, as sharp does it in whatever order it is told. */
function turn(picture: Sharp, orientation: number): Sharp {
  switch (orientation) {
    case 2:
      return picture.flop();
    case 3:
      return picture.rotate(180);
    case 4:
      return picture.flip();
    case 5:
      return picture.flip().rotate(90);
    case 6:
      return picture.rotate(90);
    case 7:
      return picture.flop().rotate(90);
    case 8:
      return picture.rotate(270);
    default:
      return picture;
  }
}
