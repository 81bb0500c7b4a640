import {
  countImageTokens,
  type ImageHeader,
  ImageHeaderError,
  readDataUri,
  readImageHeader,
  refuseImage,
  refuseImageBytes,
  refuseUnreadableImage,
} from '@pixtral-fleet/catalog';
import type { GatewayLimits } from '../config/instance-config.ts';
import { Refusal } from './refusal.ts';

/** A picture that is passed on. */
export interface InspectedImage {
  readonly format: string;
  readonly width: number;
  readonly height: number;
  /** Bytes of the picture itself. */
  readonly bytes: number;
  /** Prompt tokens that it takes. */
  readonly tokens: number;
}

/**
 * A picture by its header alone: no pixel is decoded here, and nothing is fetched.
 * @throws Refusal that names the field.
 */
export function inspectImage(
  url: string,
  options: { readonly param: string; readonly limits: GatewayLimits },
): InspectedImage {
  const { param, limits } = options;
  const refuse = (message: string) => new Refusal(400, `"${param}": ${message}`, { param });
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(url)?.[1]?.toLowerCase();
  if (scheme !== 'data') {
    throw refuse(
      `this fleet never fetches URLs (got ${scheme ? `${scheme}:` : 'no scheme'}); send the picture itself as a data URI, the client does it for you`,
    );
  }
  const read = readDataUri(url);
  if (!('bytes' in read)) throw refuse(read.refusal);
  const byteLength = read.bytes.length;
  const tooLong = refuseImageBytes(byteLength, limits);
  if (tooLong !== undefined) throw refuse(tooLong);
  const header = readHeader(read.bytes, refuse);
  const reason = refuseImage({ ...header, byteLength }, limits);
  if (reason !== undefined) throw refuse(reason);
  const { format, width, height } = header;
  return { format, width, height, bytes: byteLength, tokens: countImageTokens({ width, height }) };
}

function readHeader(bytes: Uint8Array, refuse: (message: string) => Refusal): ImageHeader {
  try {
    return readImageHeader(bytes);
  } catch (error) {
    if (error instanceof ImageHeaderError) throw refuse(refuseUnreadableImage(error));
    throw error;
  }
}
