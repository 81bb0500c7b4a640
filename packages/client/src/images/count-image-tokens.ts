import {
  countImageTokens as countTokensOfSize,
  type ImageSize,
  type ImageTokenRule,
} from '@pixtral-fleet/catalog';
import { InvalidRequestError } from '../errors/errors.ts';
import { Picture } from './picture.ts';
import { uprightSize } from './upright-size.ts';

/**
 * Prompt tokens that a picture takes, exactly, before it is sent: a picture of `imagePart`, or a size in pixels.
 * @throws InvalidRequestError for a picture by URL, whose size nobody knows, and for sides that are no positive whole numbers.
 */
export function countImageTokens(image: Picture | ImageSize, rule?: ImageTokenRule): number {
  const size = image instanceof Picture ? image.header && uprightSize(image.header) : image;
  if (!size) {
    throw new InvalidRequestError(
      'the size of a picture by URL is not known: leave out byReference, and imagePart loads it',
    );
  }
  try {
    return countTokensOfSize(size, rule);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new InvalidRequestError(error.message, { cause: error });
  }
}
