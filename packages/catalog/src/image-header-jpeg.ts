import type { ImageHeader } from './image-header.ts';
import { ImageHeaderError } from './image-header-error.ts';

/** Start-of-frame markers (ITU T.81 table B.1): C0 to CF without DHT (C4), JPG (C8) and DAC (CC). */
const NOT_FRAMES = new Set([0xc4, 0xc8, 0xcc]);

const ORIENTATION_TAG = 0x0112;

/** Walks the segments of a JPEG up to its frame header, taking the EXIF orientation along. */
export function readJpegHeader(view: DataView): ImageHeader {
  let orientation = 1;
  let at = 2;
  for (;;) {
    const marker = markerAt(view, at);
    at = marker.end;
    if (isStandalone(marker.code)) continue;
    if (marker.code === 0xda || marker.code === 0xd9) {
      throw new ImageHeaderError('invalid', 'the JPEG has no frame header before its data');
    }
    const length = uint16(view, at);
    if (length < 2)
      throw new ImageHeaderError('invalid', `a JPEG segment claims a length of ${length} bytes`);
    if (marker.code >= 0xc0 && marker.code <= 0xcf && !NOT_FRAMES.has(marker.code)) {
      const size = { height: uint16(view, at + 3), width: uint16(view, at + 5) };
      return { format: 'jpeg', ...size, ...(orientation > 1 ? { exifOrientation: orientation } : {}) };
    }
    if (marker.code === 0xe1) orientation = readOrientation(view, at + 2, at + length) ?? orientation;
    at += length;
  }
}

/** A marker is FF and a code; any number of FF may stand before it as fill. */
function markerAt(view: DataView, start: number): { readonly code: number; readonly end: number } {
  let at = start;
  if (uint8(view, at) !== 0xff) throw new ImageHeaderError('invalid', `expected a JPEG marker at byte ${at}`);
  while (uint8(view, at) === 0xff) at++;
  return { code: uint8(view, at), end: at + 1 };
}

function isStandalone(code: number): boolean {
  return code === 0x01 || (code >= 0xd0 && code <= 0xd7);
}

/** Orientation of the first image directory of an EXIF block; undefined when it is not one or says nothing usable. */
function readOrientation(view: DataView, start: number, end: number): number | undefined {
  const last = Math.min(end, view.byteLength);
  const tiff = start + 6;
  if (tiff + 8 > last || view.getUint32(start) !== 0x45786966 || view.getUint16(start + 4) !== 0)
    return undefined;
  const order = view.getUint16(tiff);
  if (order !== 0x4949 && order !== 0x4d4d) return undefined;
  const little = order === 0x4949;
  const directory = tiff + view.getUint32(tiff + 4, little);
  if (directory + 2 > last) return undefined;
  const entries = view.getUint16(directory, little);
  for (let index = 0; index < entries; index++) {
    const entry = directory + 2 + index * 12;
    if (entry + 12 > last) return undefined;
    if (view.getUint16(entry, little) !== ORIENTATION_TAG) continue;
    const value = view.getUint16(entry + 8, little);
    return value >= 1 && value <= 8 ? value : undefined;
  }
  return undefined;
}

function uint8(view: DataView, at: number): number {
  if (at + 1 > view.byteLength) throw ended(view);
  return view.getUint8(at);
}

function uint16(view: DataView, at: number): number {
  if (at + 2 > view.byteLength) throw ended(view);
  return view.getUint16(at);
}

function ended(view: DataView): ImageHeaderError {
  return new ImageHeaderError(
    'truncated',
    `the JPEG ends after ${view.byteLength} bytes, before its frame header`,
  );
}
