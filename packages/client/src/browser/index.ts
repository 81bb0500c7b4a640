// For a page: what can be known of a picture before the page hands it to its own server. Imports nothing of Node.
import {
  countImageTokens,
  DEFAULT_IMAGE_LIMITS,
  ImageHeaderError,
  type ImageLimits,
  readImageHeader,
  refuseImage,
  refuseImageBytes,
  refuseUnreadableImage,
} from '@pixtral-fleet/catalog';

export {
  countImageTokens,
  DEFAULT_IMAGE_LIMITS,
  type ImageLimits,
  type ImageSize,
  refuseImageCount,
} from '@pixtral-fleet/catalog';

/** What a picture is, and whether a fleet would take it. */
export interface ExaminedImage {
  /** By content, whatever the file is called; undefined for anything but PNG, JPEG, WebP and GIF. */
  readonly format: 'png' | 'jpeg' | 'webp' | 'gif' | undefined;
  /** Pixels, as stored; undefined when the header cannot be read. */
  readonly width: number | undefined;
  readonly height: number | undefined;
  /** Prompt tokens that it takes. */
  readonly imageTokens: number | undefined;
  /** Why it would be refused, in the words of client and gateway; undefined when it would not. */
  readonly refusal: string | undefined;
}

/**
 * Reads the header of a picture that somebody picked or dropped. Never throws for what the file holds.
 * @param limits what the fleet takes. @default - a fleet's defaults
 */
export async function examineImage(
  file: Blob,
  limits: ImageLimits = DEFAULT_IMAGE_LIMITS,
): Promise<ExaminedImage> {
  const unknown = { format: undefined, width: undefined, height: undefined, imageTokens: undefined };
  const tooLong = refuseImageBytes(file.size, limits);
  if (tooLong !== undefined) return { ...unknown, refusal: tooLong };
  try {
    const header = readImageHeader(new Uint8Array(await file.arrayBuffer()));
    const { format, width, height } = header;
    const refusal = refuseImage({ ...header, byteLength: file.size }, limits);
    return { format, width, height, imageTokens: countImageTokens(header), refusal };
  } catch (error) {
    if (!(error instanceof ImageHeaderError)) throw error;
    return { ...unknown, refusal: refuseUnreadableImage(error) };
  }
}
