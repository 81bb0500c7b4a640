import {
  countImageTokens,
  type ImageFormat,
  ImageHeaderError,
  readDataUri,
  readImageHeader,
  refuseImage,
  refuseImageBytes,
  refuseUnreadableImage,
} from '@pixtral-fleet/catalog';
import type { GatewayLimits } from '../config/instance-config.ts';
import { uprightSize } from './normalizing/plan-picture.ts';
import { checkStructure, demandUpright } from './pictures/check-structure.ts';
import { PictureFault } from './pictures/picture-fault.ts';
import { Refusal } from './refusal.ts';

/** What the config says of single pictures. */
type PictureLimits = Pick<GatewayLimits, 'maxImages' | 'maxImageBytes' | 'maxImagePixels' | 'normalize'>;

/** A picture that is passed on. */
export interface InspectedImage {
  readonly format: ImageFormat;
  /** As it is to be seen. */
  readonly width: number;
  readonly height: number;
  /** How it has to be turned for that, 1 to 8, as EXIF counts; 1 where nobody turns it. */
  readonly orientation: number;
  /** Path of its URL in the request. */
  readonly at: string;
  /** Bytes of the picture itself. */
  readonly bytes: number;
  /** Bytes that were sent behind it; they are not passed on. */
  readonly tailBytes: number;
  /** Prompt tokens that it takes. */
  readonly tokens: number;
}

/**
 * A picture by its headers and its structure: no pixel is decoded here, and nothing is fetched.
 * @throws Refusal that names the field.
 */
export function inspectImage(
  url: string,
  options: { readonly param: string; readonly limits: PictureLimits },
): InspectedImage {
  const { param, limits } = options;
  const refuse = (message: string) => new Refusal(400, `"${param}": ${message}`, { param });
  const scheme = /^([a-z][a-z0-9+.-]{0,30}):/i.exec(url)?.[1]?.toLowerCase();
  if (scheme !== 'data') {
    throw refuse(
      `this fleet never fetches URLs (got ${scheme ? `${scheme}:` : 'no scheme'}); send the picture itself as a data URI, the client does it for you`,
    );
  }
  const read = readDataUri(url);
  if (!('bytes' in read)) throw refuse(read.refusal);
  try {
    return { at: param, ...inspectBytes(read.bytes, limits) };
  } catch (error) {
    if (error instanceof ImageHeaderError) throw refuse(refuseUnreadableImage(error));
    if (error instanceof PictureFault) throw refuse(error.message);
    throw error;
  }
}

function inspectBytes(content: Uint8Array<ArrayBuffer>, limits: PictureLimits): Omit<InspectedImage, 'at'> {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  const demand = (reason: string | undefined) => {
    if (reason !== undefined) throw new PictureFault(reason);
  };
  demand(refuseImageBytes(bytes.length, limits));
  const header = readImageHeader(bytes);
  const { format, width: storedWidth, height: storedHeight } = header;
  demand(refuseImage({ width: storedWidth, height: storedHeight, byteLength: bytes.length }, limits));
  const structure = checkStructure(bytes, header);
  if (limits.normalize === undefined) demandUpright(structure, header);
  const { end, orientation } = structure;
  const { width, height } = uprightSize(header, orientation);
  return {
    ...{ format, width, height, orientation, bytes: end, tailBytes: bytes.length - end },
    tokens: countImageTokens({ width, height }),
  };
}
