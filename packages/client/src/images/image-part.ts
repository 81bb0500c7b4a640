import {
  ImageHeaderError,
  readDataUri,
  readImageHeader,
  refuseUnreadableImage,
} from '@pixtral-fleet/catalog';
import { InvalidRequestError } from '../errors/errors.ts';
import { applyPreparation } from './apply-preparation.ts';
import { collectBytes, type NamedBytes } from './collect-bytes.ts';
import type { ImageInput, ImagePartOptions } from './image-input.ts';
import { loadUrl, nameOfUrl } from './load-url.ts';
import { locate } from './locate.ts';
import { Picture } from './picture.ts';
import { planPreparation } from './preparation.ts';
import { readFileHeader } from './read-file-header.ts';

const DEFAULT_MAX_BYTES = 64 * 1_048_576;
const DEFAULT_TIMEOUT_MS = 30_000;

/**
 * A picture as part of a message. Format and size are read from its content, never from a name or a declared type. A file
 * is read only as far as its header here, and streamed when the request is sent.
 * @throws InvalidRequestError when it is no PNG, JPEG, WebP or GIF, or could not be prepared; ConnectionError when a URL
 *   could not be loaded; Node's own error when a file cannot be read.
 */
export async function imagePart(image: ImageInput, options: ImagePartOptions = {}): Promise<Picture> {
  if (image instanceof Picture) return image;
  const { maxBytes = DEFAULT_MAX_BYTES, timeoutMs = DEFAULT_TIMEOUT_MS, signal } = options;
  if (typeof image !== 'string' && !(image instanceof URL)) {
    return fromBytes(await collectBytes(image, maxBytes), options);
  }
  const location = locate(image);
  switch (location.kind) {
    case 'file':
      return fromFile(location.path, options);
    case 's3':
      return Picture.byReference(location.uri);
    case 'data':
      return fromBytes({ bytes: decode(location.uri), name: 'the given data URI' }, options);
    case 'web': {
      const { url } = location;
      if (options.byReference) return Picture.byReference(url.href);
      const bytes = await loadUrl(url, { maxBytes, timeoutMs, signal });
      return fromBytes({ bytes, name: nameOfUrl(url) }, options);
    }
  }
}

/** The picture in bytes that are at hand. @throws InvalidRequestError when there is none. */
export function pictureOfBytes({ bytes, name }: NamedBytes): Picture {
  try {
    const header = readImageHeader(bytes);
    return new Picture({ source: { kind: 'bytes', bytes }, header, byteLength: bytes.byteLength, name });
  } catch (error) {
    throw inWordsOf(name, error);
  }
}

async function fromBytes(given: NamedBytes, { prepare }: ImagePartOptions): Promise<Picture> {
  const picture = pictureOfBytes(given);
  const plan = prepare && picture.header ? planPreparation(picture.header, prepare) : undefined;
  if (!plan) return picture;
  return pictureOfBytes({ bytes: await applyPreparation(given.bytes, given.name, plan), name: given.name });
}

async function fromFile(path: string, { prepare }: ImagePartOptions): Promise<Picture> {
  const { header, byteLength } = await readFileHeader(path).catch((error: unknown) => {
    throw inWordsOf(path, error);
  });
  const plan = prepare ? planPreparation(header, prepare) : undefined;
  if (plan) return pictureOfBytes({ bytes: await applyPreparation(path, path, plan), name: path });
  return new Picture({ source: { kind: 'file', path, byteLength }, header, byteLength, name: path });
}

function decode(uri: string): Uint8Array {
  const read = readDataUri(uri);
  if ('bytes' in read) return read.bytes;
  throw new InvalidRequestError(`the given data URI cannot be sent: ${read.refusal}`);
}

function inWordsOf(name: string, error: unknown): unknown {
  if (!(error instanceof ImageHeaderError)) return error;
  return new InvalidRequestError(`${name} cannot be sent: ${refuseUnreadableImage(error)}`, { cause: error });
}
