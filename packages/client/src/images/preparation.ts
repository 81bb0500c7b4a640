import { fitImageSize, type ImageHeader, PIXTRAL_IMAGE_TOKEN_RULE } from '@pixtral-fleet/catalog';
import { InvalidRequestError } from '../errors/errors.ts';
import { uprightSize } from './upright-size.ts';

/**
 * How a picture is changed before it is sent. An EXIF orientation is always baked in, since the server fails on it.
 * Scaling down here saves upload and the server's time; another resampler than the server's changes what the model sees a
 * little.
 */
export interface PrepareOptions {
  /** Pictures with a longer side than this many pixels are scaled down, never up. @default 1024, as the model does */
  readonly maxSidePx?: number;
  /** Colour put behind transparent pixels, `#rgb` or `#rrggbb`. @default - they stay, and the server puts white behind them */
  readonly background?: string;
  /** @default - the picture's own; PNG for a GIF, of which the server sees the first frame */
  readonly format?: 'jpeg' | 'png' | 'webp';
  /** 1 to 100, of JPEG and WebP. @default 90 */
  readonly quality?: number;
}

/** What is to be done with one picture. */
export interface Preparation {
  /** Size in pixels after the orientation was baked in. */
  readonly width: number;
  readonly height: number;
  /** Undefined: transparent pixels stay. */
  readonly background: string | undefined;
  readonly format: 'jpeg' | 'png' | 'webp';
  readonly quality: number;
}

const WHITE = '#ffffff';
const DEFAULT_QUALITY = 90;

/**
 * What a picture needs by its header; undefined when it can be sent as it is.
 * @throws InvalidRequestError for options that cannot be.
 */
export function planPreparation(header: ImageHeader, options: PrepareOptions): Preparation | undefined {
  const { maxSidePx = PIXTRAL_IMAGE_TOKEN_RULE.maxSidePx, background, quality = DEFAULT_QUALITY } = options;
  checkWhole('maxSidePx', maxSidePx, Number.MAX_SAFE_INTEGER);
  checkWhole('quality', quality, 100);
  if (background !== undefined && !/^#([0-9a-f]{3}|[0-9a-f]{6})$/i.test(background)) {
    throw new InvalidRequestError(
      `"prepare.background" must be #rgb or #rrggbb, got ${JSON.stringify(background)}`,
    );
  }
  // Scaled to exactly the size that the server would scale to, so that it counts the same tokens.
  const { width, height } = fitImageSize(uprightSize(header), {
    ...PIXTRAL_IMAGE_TOKEN_RULE,
    maxSidePx,
  });
  const own = header.format === 'gif' ? 'png' : header.format;
  const { format = own } = options;
  const mayBeTransparent = header.format !== 'jpeg';
  const changes =
    header.exifOrientation !== undefined ||
    Math.max(header.width, header.height) > maxSidePx ||
    (background !== undefined && mayBeTransparent) ||
    (options.format !== undefined && options.format !== header.format);
  if (!changes) return undefined;
  // JPEG has no transparency: what would become black becomes white, as on the server.
  const behind = background ?? (format === 'jpeg' ? WHITE : undefined);
  return { width, height, background: mayBeTransparent ? behind : undefined, format, quality };
}

function checkWhole(name: string, value: number, most: number): void {
  if (Number.isInteger(value) && value >= 1 && value <= most) return;
  const range = most === Number.MAX_SAFE_INTEGER ? 'at least 1' : `from 1 to ${most}`;
  throw new InvalidRequestError(`"prepare.${name}" must be a whole number ${range}, got ${value}`);
}
