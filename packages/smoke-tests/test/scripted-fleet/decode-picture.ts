import { encode } from 'fast-png';
import sharp from 'sharp';
import type { Fault } from './fault.ts';

/** Why a picture is not taken. */
class UndecodableError extends Error {}

/** Any picture as an 8-bit RGB PNG, which is what `readPicture` reads; a plain PNG stays as it is, whole or not. */
export async function decodePicture(bytes: Uint8Array, faults: ReadonlySet<Fault>): Promise<Uint8Array> {
  if (isPlainPng(bytes)) return bytes;
  const { format, orientation = 1 } = await sharp(bytes)
    .metadata()
    .catch(() => ({ format: undefined, orientation: 1 }));
  if (format === undefined || (format === 'webp' && faults.has('webp-unknown'))) {
    throw new UndecodableError('not a picture that can be read');
  }
  if (orientation > 1 && !faults.has('turned-answered') && !faults.has('turned-lying')) {
    throw new UndecodableError(
      faults.has('turned-unexplained') ? 'bad picture' : 'the JPEG is to be turned by its EXIF orientation',
    );
  }
  const page = faults.has('gif-last-frame') && format === 'gif' ? await lastPage(bytes) : 0;
  const image = sharp(bytes, { page, autoOrient: faults.has('turned-answered') });
  const opaque = faults.has('alpha-dropped') ? image.removeAlpha() : image.flatten({ background: '#fff' });
  const { data, info } = await opaque
    .toColourspace('srgb')
    .removeAlpha()
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  return encode({ width: info.width, height: info.height, data, depth: 8, channels: 3 });
}

async function lastPage(bytes: Uint8Array): Promise<number> {
  const { pages = 1 } = await sharp(bytes).metadata();
  return pages - 1;
}

/** PNG, 8 bits, RGB: signature, then depth and colour type of the header. */
function isPlainPng(bytes: Uint8Array): boolean {
  return bytes[0] === 0x89 && bytes[1] === 0x50 && bytes[24] === 8 && bytes[25] === 2;
}
