import { open } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { ImageHeaderError, readImageHeader } from '@pixtral-fleet/catalog';
import { InvalidRequestError } from '../errors/errors.ts';
import { Picture, type PictureSource } from './picture.ts';

/** The bytes of a picture, a file's path or `file:` URL, a `data:` URI, or an `http(s):` URL (which a fleet refuses by default). */
export type ImageInput = Uint8Array | string | URL;

/** Bytes of a file in which its header is looked for first; most JPEG files have their frame header in it. */
const FIRST_LOOK = 64 * 1024;

/**
 * A picture as part of a message, sent as data URI with the type that its content has. Of a file only the beginning is
 * read here; it is streamed when the request is sent.
 * @throws InvalidRequestError when the bytes are no PNG, JPEG, WebP or GIF; Node's own error when a file cannot be read.
 */
export async function imagePart(image: ImageInput): Promise<Picture> {
  if (image instanceof Uint8Array) {
    return describe(image, 'the given bytes', { kind: 'bytes', bytes: image }, image.byteLength);
  }
  const text = String(image);
  if (/^(data|https?):/i.test(text)) {
    return new Picture({
      source: { kind: 'url', url: text },
      mediaType: undefined,
      byteLength: undefined,
      width: undefined,
      height: undefined,
    });
  }
  return fromFile(/^file:/i.test(text) ? fileURLToPath(text) : text);
}

async function fromFile(path: string): Promise<Picture> {
  await using file = await open(path);
  const { size } = await file.stat();
  for (let look = Math.min(FIRST_LOOK, size); ; look = Math.min(look * 8, size)) {
    const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(look), 0, look, 0);
    try {
      return describe(buffer.subarray(0, bytesRead), path, { kind: 'file', path, byteLength: size }, size);
    } catch (error) {
      // A JPEG may carry a large profile or preview before its frame header.
      if (look >= size || !(error instanceof InvalidRequestError) || !isTruncated(error.cause)) throw error;
    }
  }
}

function describe(head: Uint8Array, name: string, source: PictureSource, byteLength: number): Picture {
  try {
    const { format, width, height } = readImageHeader(head);
    return new Picture({ source, mediaType: `image/${format}`, byteLength, width, height });
  } catch (error) {
    if (!(error instanceof ImageHeaderError)) throw error;
    throw new InvalidRequestError(`${name} cannot be sent as a picture: ${error.message}`, { cause: error });
  }
}

function isTruncated(cause: unknown): boolean {
  return cause instanceof ImageHeaderError && cause.reason === 'truncated';
}
