import sharp from 'sharp';
import { VllmError } from '../chat/vllm-error.ts';

export type Rgb = readonly [red: number, green: number, blue: number];

/** Decoded pixels, three bytes each, on white where they were transparent. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly pixels: Buffer;
}

/** vLLM's default for VLLM_MAX_IMAGE_PIXELS. */
const MOST_PIXELS = 178_956_970;

/**
 * Really decodes a data URI, with what vLLM 0.32.0 answers when that fails.
 * @throws VllmError
 */
export async function decodePicture(url: string): Promise<Picture> {
  const bytes = readDataUri(url);
  if (bytes.length === 0)
    throw new VllmError(400, 'Failed to load image: cannot identify image file <_io.BytesIO object>');
  const image = sharp(bytes, { limitInputPixels: false, pages: 1, failOn: 'truncated' });
  const header = await image.metadata().catch(() => undefined);
  if (!header || !['png', 'jpeg', 'webp', 'gif', 'tiff', 'heif'].includes(header.format)) {
    throw new VllmError(400, 'Failed to load image: cannot identify image file <_io.BytesIO object>');
  }
  if (header.width * header.height > MOST_PIXELS) {
    throw new VllmError(
      500,
      `Image size (${header.width * header.height} pixels) exceeds limit of ${MOST_PIXELS} pixels, could be decompression bomb DOS attack.`,
    );
  }
  try {
    const { data, info } = await image
      .flatten({ background: '#ffffff' })
      .toColourspace('srgb')
      .removeAlpha()
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    return { width: info.width, height: info.height, pixels: toThreeChannels(data, info.channels) };
  } catch {
    // Recorded for PNG and JPEG alike (239, 267).
    throw new VllmError(400, 'Failed to load image: image file is truncated');
  }
}

function readDataUri(url: string): Buffer {
  const [, meta, payload] = /^data:([^,]*),(.*)$/s.exec(url) ?? [];
  if (meta === undefined || payload === undefined) return refuseUrl(url);
  if (!/;base64$/i.test(meta)) throw new VllmError(501, 'Only base64 data URLs are supported for now.');
  if (!/^[A-Za-z0-9+/=\s]*$/.test(payload)) throw new VllmError(400, 'Non-base64 digit found');
  return Buffer.from(payload, 'base64');
}

/** An engine has no network: every connection fails at once (recorded 247). */
function refuseUrl(url: string): never {
  const parsed = URL.parse(url);
  if (parsed?.protocol === 'file:') {
    throw new VllmError(500, 'Cannot load local files without `--allowed-local-media-path`.');
  }
  if (parsed && ['http:', 'https:'].includes(parsed.protocol)) {
    const port = parsed.port || (parsed.protocol === 'https:' ? '443' : '80');
    throw new VllmError(
      500,
      `Cannot connect to host ${parsed.hostname}:${port} ssl:default [Network is unreachable]`,
    );
  }
  throw new VllmError(400, 'The URL must be either a HTTP, data or file URL.');
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
