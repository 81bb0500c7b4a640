import { InvalidRequestError } from '../errors/errors.ts';
import type { Preparation } from './preparation.ts';

/**
 * Decodes a picture, changes it and encodes it again.
 * @throws InvalidRequestError when `sharp` is missing, and when the picture cannot be decoded.
 */
export async function applyPreparation(
  /** Bytes, or the path of a file. */
  image: Uint8Array | string,
  name: string,
  { width, height, background, format, quality }: Preparation,
): Promise<Uint8Array> {
  const sharp = await loadSharp(name);
  const upright = sharp(image).autoOrient();
  const solid = background === undefined ? upright : upright.flatten({ background });
  const sized = solid.resize(width, height, { fit: 'fill' });
  try {
    return await sized.toFormat(format, format === 'png' ? {} : { quality }).toBuffer();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new InvalidRequestError(`${name} cannot be prepared: ${reason}`, { cause: error });
  }
}

/** Loaded when the first picture needs it: it is large, native, and not everybody's. */
async function loadSharp(name: string): Promise<typeof import('sharp').default> {
  try {
    return (await import('sharp')).default;
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND';
    const why = missing
      ? 'is not installed: npm install sharp'
      : `does not load here: ${String(error instanceof Error ? error.message : error).split('\n', 1)[0]}`;
    throw new InvalidRequestError(
      `${name} has to be changed before it is sent, and the package "sharp" ${why}`,
      {
        cause: error,
      },
    );
  }
}
