import type { ImageHeader } from './image-header.ts';
import type { ImageHeaderError } from './image-header-error.ts';
import { type ImageTokenRule, PIXTRAL_IMAGE_TOKEN_RULE } from './image-tokens.ts';

/** What the pictures of one request may be. */
export interface ImageLimits {
  /** Pictures in one request. */
  readonly maxImages: number;
  /** Largest picture in bytes, as it is in a file: before base64, which is a third longer. */
  readonly maxImageBytes: number;
  /** Largest width × height of a picture. */
  readonly maxImagePixels: number;
  /** Whether the gateway turns pictures by their EXIF data (`gateway.normalizePictures`); others fail on such JPEGs. @default false */
  readonly acceptsTurned?: boolean;
}

/** What a fleet accepts unless its config says otherwise: four pictures of 10 MiB and 4096×4096 pixels. */
export const DEFAULT_IMAGE_LIMITS: ImageLimits = {
  maxImages: 4,
  maxImageBytes: 10 * 1_048_576,
  maxImagePixels: 16_777_216,
};

/** What must be known of a picture before it is let through: its header, and how long it is. */
export interface MeasuredImage extends Omit<ImageHeader, 'format'> {
  /** Bytes of the picture itself. */
  readonly byteLength: number;
}

/**
 * Why a picture cannot be sent, in the words that client and gateway share; undefined when nothing speaks against it.
 * The reason stands after the name of the field or the file: `"messages[0].content[1].image_url.url": the picture has …`.
 */
export function refuseImage(
  image: MeasuredImage,
  limits: ImageLimits,
  rule: ImageTokenRule = PIXTRAL_IMAGE_TOKEN_RULE,
): string | undefined {
  const { width, height, exifOrientation } = image;
  const tooLong = refuseImageBytes(image.byteLength, limits);
  if (tooLong !== undefined) return tooLong;
  if (width * height > limits.maxImagePixels) {
    return `the picture has ${width}x${height} pixels, at most ${limits.maxImagePixels} in all are accepted; the model looks at no more than ${rule.maxSidePx} a side`;
  }
  // vLLM 0.32.0 turns the picture in one place and not in another, and answers 500.
  if (exifOrientation !== undefined && !limits.acceptsTurned) {
    return `the JPEG is to be turned by its EXIF orientation (${exifOrientation}), which the model server fails on; bake the orientation in before sending`;
  }
  return undefined;
}

/** The part of `refuseImage` that needs no header, to be asked before one is read. */
export function refuseImageBytes(
  byteLength: number,
  limits: Pick<ImageLimits, 'maxImageBytes'>,
): string | undefined {
  if (byteLength <= limits.maxImageBytes) return undefined;
  return `the picture has ${byteLength} bytes, at most ${limits.maxImageBytes} are accepted`;
}

/** Why a request holds too many pictures; undefined when it does not. */
export function refuseImageCount(count: number, limits: Pick<ImageLimits, 'maxImages'>): string | undefined {
  if (count <= limits.maxImages) return undefined;
  return `at most ${limits.maxImages} pictures may be in one request`;
}

/** Why bytes without a readable header cannot be sent. */
export function refuseUnreadableImage(error: ImageHeaderError): string {
  return `not a picture that can be read: ${error.message}`;
}
