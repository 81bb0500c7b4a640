import { fitImageSize, type ImageSize } from '@pixtral-fleet/catalog';
import sharp from 'sharp';
import { badRequest, VllmError } from '../chat/vllm-error.ts';

export type Rgb = readonly [red: number, green: number, blue: number];

/** Decoded pixels, three bytes each, on white where they were transparent. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly pixels: Buffer;
}

/** Twice Pillow's `MAX_IMAGE_PIXELS`, above which Pillow itself refuses (253). */
const PILLOW_PIXELS = 178_956_970;

/** Larger ones are looked at in the size that the model sees, to keep the memory small. */
export const LARGE_PIXELS = 16_000_000;

/** What Pillow opens of what sharp can. */
const FORMATS = ['png', 'jpeg', 'webp', 'gif', 'tiff', 'heif'];

/** EXIF orientations from here on swap width and height. */
const TURNED = 5;

/** The size of a picture as it is to be shown, turned as EXIF says. @throws VllmError for bytes that are no picture. */
export async function identifyPicture(bytes: Buffer, maxPixels: number): Promise<ImageSize> {
  const { width, height, orientation = 1 } = await readHeader(bytes, maxPixels);
  return orientation >= TURNED ? { width: height, height: width } : { width, height };
}

/** Really decodes a picture, as it is stored. @throws VllmError */
export async function decodePicture(bytes: Buffer, maxPixels: number): Promise<Picture> {
  const header = await readHeader(bytes, maxPixels);
  const image = sharp(bytes, { limitInputPixels: false, pages: 1, failOn: 'truncated' });
  const seen = fitImageSize(header);
  const sized = header.width * header.height > LARGE_PIXELS ? image.resize({ ...seen, fit: 'fill' }) : image;
  try {
    const { data, info } = await sized
      .flatten({ background: '#ffffff' })
      .toColourspace('srgb')
      .removeAlpha()
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    return { width: info.width, height: info.height, pixels: toThreeChannels(data, info.channels) };
  } catch {
    throw truncated(bytes);
  }
}

async function readHeader(
  bytes: Buffer,
  maxPixels: number,
): Promise<ImageSize & { readonly orientation?: number | undefined }> {
  const header =
    bytes.length === 0
      ? undefined
      : await sharp(bytes, { limitInputPixels: false })
          .metadata()
          .catch(() => undefined);
  if (!header || !FORMATS.includes(header.format)) {
    throw badRequest('Failed to load image: cannot identify image file <_io.BytesIO object>');
  }
  const { width, height, orientation } = header;
  const pixels = width * height;
  if (pixels > PILLOW_PIXELS) {
    throw new VllmError(
      500,
      `Image size (${pixels} pixels) exceeds limit of ${PILLOW_PIXELS} pixels, could be decompression bomb DOS attack.`,
      { unexpected: true },
    );
  }
  if (pixels > maxPixels) {
    throw badRequest(
      `Image dimensions ${width}x${height} (${pixels} pixels) exceed the maximum of ${maxPixels} pixels. Set VLLM_MAX_IMAGE_PIXELS to increase this limit.`,
    );
  }
  return { width, height, orientation };
}

/** How many bytes Pillow's JPEG decoder leaves is its own affair; recorded: 8 (267). A PNG has no such words (239). */
function truncated(bytes: Buffer): VllmError {
  const jpeg = bytes[0] === 0xff && bytes[1] === 0xd8;
  return badRequest(`Failed to load image: image file is truncated${jpeg ? ' (8 bytes not processed)' : ''}`);
}

function toThreeChannels(data: Buffer, channels: number): Buffer {
  if (channels === 3) return data;
  const pixels = Buffer.alloc((data.length / channels) * 3);
  for (let from = 0, to = 0; from < data.length; from += channels, to += 3) {
    pixels[to] = data[from] ?? 0;
    pixels[to + 1] = data[from + (channels > 1 ? 1 : 0)] ?? 0;
    pixels[to + 2] = data[from + (channels > 2 ? 2 : 0)] ?? 0;
  }
  return pixels;
}
