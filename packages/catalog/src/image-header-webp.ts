import type { ImageHeader } from './image-header.ts';
import { ImageHeaderError } from './image-header-error.ts';

/** The three WebP layouts: lossy `VP8 `, lossless `VP8L`, extended `VP8X` (RFC 9649). */
export function readWebpHeader(bytes: Uint8Array, view: DataView): ImageHeader {
  if (view.byteLength < 30) {
    throw new ImageHeaderError(
      'truncated',
      `the WebP ends after ${view.byteLength} bytes, inside its header`,
    );
  }
  const chunk = String.fromCharCode(...bytes.subarray(12, 16));
  if (chunk === 'VP8 ') {
    if (view.getUint8(23) !== 0x9d || view.getUint8(24) !== 0x01 || view.getUint8(25) !== 0x2a) {
      throw new ImageHeaderError('invalid', 'the lossy WebP has no key frame at its start');
    }
    return {
      format: 'webp',
      width: view.getUint16(26, true) & 0x3fff,
      height: view.getUint16(28, true) & 0x3fff,
    };
  }
  if (chunk === 'VP8L') {
    if (view.getUint8(20) !== 0x2f)
      throw new ImageHeaderError('invalid', 'the lossless WebP lacks its signature');
    const bits = view.getUint32(21, true);
    return { format: 'webp', width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
  }
  if (chunk === 'VP8X') {
    return { format: 'webp', width: uint24(view, 24) + 1, height: uint24(view, 27) + 1 };
  }
  throw new ImageHeaderError(
    'invalid',
    `a WebP begins with a VP8, VP8L or VP8X chunk, got ${JSON.stringify(chunk)}`,
  );
}

function uint24(view: DataView, at: number): number {
  return view.getUint16(at, true) | (view.getUint8(at + 2) << 16);
}
