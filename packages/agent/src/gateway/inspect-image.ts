import {
  countImageTokens,
  type ImageHeader,
  ImageHeaderError,
  readImageHeader,
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
  const match = /^data:([^;,]*);base64,/i.exec(url.slice(0, 200));
  if (!match) {
    const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(url)?.[1]?.toLowerCase();
    if (scheme === 'data') throw refuse('a data URI must be base64: data:image/png;base64,…');
    throw refuse(
      `this fleet never fetches URLs (got ${scheme ? `${scheme}:` : 'no scheme'}); send the picture itself as a data URI, the client does it for you`,
    );
  }
  const bytes = decode(url.slice(match[0].length));
  if (!bytes) throw refuse('the data URI is not valid base64');
  if (bytes.length > limits.maxImageBytes) {
    throw refuse(`the picture has ${bytes.length} bytes, at most ${limits.maxImageBytes} are accepted`);
  }
  const header = readHeader(bytes, refuse);
  if (header.width * header.height > limits.maxImagePixels) {
    throw refuse(
      `the picture has ${header.width}x${header.height} pixels, at most ${limits.maxImagePixels} in all are accepted; the model looks at no more than 1024 a side`,
    );
  }
  if (header.exifOrientation !== undefined) {
    throw refuse(
      `the JPEG is to be turned by its EXIF orientation (${header.exifOrientation}), which the model server fails on; bake the orientation in before sending`,
    );
  }
  const { format, width, height } = header;
  return { format, width, height, bytes: bytes.length, tokens: countImageTokens({ width, height }) };
}

/** Strict: Node's decoder skips what does not belong, and the engine would then see other bytes than were checked. */
function decode(base64: string): Buffer | undefined {
  if (base64.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(base64)) return undefined;
  return Buffer.from(base64, 'base64');
}

function readHeader(bytes: Buffer, refuse: (message: string) => Refusal): ImageHeader {
  try {
    return readImageHeader(bytes);
  } catch (error) {
    if (error instanceof ImageHeaderError) throw refuse(`not a picture that can be read: ${error.message}`);
    throw error;
  }
}
