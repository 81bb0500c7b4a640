import {
  type ImageHeader,
  ImageHeaderError,
  type ImageLimits,
  readDataUri,
  refuseImage,
  refuseImageCount,
  refuseUnreadableImage,
} from '@pixtral-fleet/catalog';
import { isRecord } from '../errors/error-body.ts';
import { InvalidRequestError } from '../errors/errors.ts';
import type { ChatMessage, ContentPart } from '../request/messages.ts';
import { pictureOfBytes } from './image-part.ts';
import { Picture } from './picture.ts';

/** No limit at all. An EXIF orientation is refused all the same: a vLLM fails on it. */
export const NO_IMAGE_LIMITS: ImageLimits = {
  maxImages: Number.POSITIVE_INFINITY,
  maxImageBytes: Number.POSITIVE_INFINITY,
  maxImagePixels: Number.POSITIVE_INFINITY,
};

export interface CheckedMessages {
  /** With a `Picture` in the place of each `data:` URI. */
  readonly messages: readonly ChatMessage[];
  /** In order. */
  readonly pictures: readonly Picture[];
}

/**
 * Refuses what a fleet would refuse, before anything is uploaded, in the gateway's words.
 * @throws InvalidRequestError that names the part of the request.
 */
export function checkPictures(messages: readonly ChatMessage[], limits: ImageLimits): CheckedMessages {
  const pictures: Picture[] = [];
  const checked = messages.map((message, index) => {
    if (!Array.isArray(message.content)) return message;
    const parts: readonly ContentPart[] = message.content;
    const content = parts.map((part, position) => {
      const param = `messages[${index}].content[${position}]`;
      if (isRecord(part) && part.type === 'text') return part;
      const picture = checkPart(part, param, limits);
      if (message.role !== 'user') {
        throw refuse(param, `only a user shows pictures, got one from the ${message.role}`);
      }
      pictures.push(picture);
      return picture;
    });
    return { ...message, content } as ChatMessage;
  });
  const tooMany = refuseImageCount(pictures.length, limits);
  if (tooMany !== undefined) throw new InvalidRequestError(`${tooMany}${advice('maxImages')}`);
  return { messages: checked, pictures };
}

function checkPart(part: unknown, param: string, limits: ImageLimits): Picture {
  if (!isRecord(part) || part.type !== 'image_url') {
    const got = JSON.stringify(isRecord(part) ? part.type : part) ?? 'nothing';
    throw refuse(`${param}.type`, `must be "text" or "image_url", got ${got.slice(0, 80)}`);
  }
  const url = `${param}.image_url.url`;
  const picture = part instanceof Picture ? part : pictureOfUrl(part.image_url, url);
  const { header, byteLength } = picture;
  if (header && byteLength !== undefined) {
    const reason = refuseImage({ ...header, byteLength }, limits);
    if (reason !== undefined) {
      throw refuse(url, `${reason} (${picture.name}; ${remedy(header)})`);
    }
  }
  return picture;
}

function remedy({ exifOrientation }: ImageHeader): string {
  const prepare = 'imagePart(…, {prepare: {}}) makes it fit';
  if (exifOrientation === undefined) return prepare;
  return `${prepare}; where the fleet has normalizePictures, set imageLimits.acceptsTurned of the client`;
}

/** OpenAI's form. */
function pictureOfUrl(image: unknown, param: string): Picture {
  const url = isRecord(image) ? image.url : undefined;
  if (typeof url !== 'string') throw refuse(param, `must be a string, got ${typeof url}`);
  if (/^(https?|s3):/i.test(url)) return Picture.byReference(url);
  if (!/^data:/i.test(url)) {
    throw refuse(
      param,
      'must be a data:, https:, http: or s3: URL; imagePart makes a picture of a path and anything else',
    );
  }
  const read = readDataUri(url);
  if (!('bytes' in read)) throw refuse(param, read.refusal);
  try {
    return pictureOfBytes({ bytes: read.bytes, name: 'the data URI' });
  } catch (error) {
    const cause = error instanceof InvalidRequestError ? error.cause : error;
    if (cause instanceof ImageHeaderError) throw refuse(param, refuseUnreadableImage(cause));
    throw error;
  }
}

function refuse(param: string, reason: string): InvalidRequestError {
  return new InvalidRequestError(`"${param}": ${reason}`);
}

function advice(limit: keyof ImageLimits): string {
  return ` (set imageLimits.${limit} of the client to what your fleet takes)`;
}
