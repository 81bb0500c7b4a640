import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { ImageHeaderError, readImageHeader } from '@pixtral-fleet/catalog';
import type { ImagePart } from './chat-types.ts';
import { InvalidRequestError } from './errors.ts';

/** The bytes of a picture, a file's path or `file:` URL, a `data:` URI, or an `http(s):` URL (which a fleet refuses by default). */
export type ImageInput = Uint8Array | string | URL;

/**
 * A picture as part of a message. Bytes and files are sent as data URI with the type that their content has.
 * @throws InvalidRequestError when the bytes are no PNG, JPEG, WebP or GIF; Node's own error when a file cannot be read.
 */
export async function imagePart(image: ImageInput): Promise<ImagePart> {
  return { type: 'image_url', image_url: { url: await toUrl(image) } };
}

async function toUrl(image: ImageInput): Promise<string> {
  if (image instanceof Uint8Array) return dataUri(image, 'the given bytes');
  const text = String(image);
  if (/^(data|https?):/i.test(text)) return text;
  const path = /^file:/i.test(text) ? fileURLToPath(text) : text;
  return dataUri(await readFile(path), path);
}

function dataUri(bytes: Uint8Array, name: string): string {
  try {
    const { format } = readImageHeader(bytes);
    const base64 = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
    return `data:image/${format};base64,${base64}`;
  } catch (error) {
    if (!(error instanceof ImageHeaderError)) throw error;
    throw new InvalidRequestError(`${name} cannot be sent as a picture: ${error.message}`, { cause: error });
  }
}
