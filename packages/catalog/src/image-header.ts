import { ImageHeaderError } from './image-header-error.ts';
import { readJpegHeader } from './image-header-jpeg.ts';
import { readWebpHeader } from './image-header-webp.ts';

export type ImageFormat = 'png' | 'jpeg' | 'webp' | 'gif';

/** What a picture says of itself before any pixel is decoded. */
export interface ImageHeader {
  readonly format: ImageFormat;
  /** Stored width in pixels, before an EXIF orientation is applied. */
  readonly width: number;
  /** Stored height in pixels, before an EXIF orientation is applied. */
  readonly height: number;
  /** EXIF orientation, 2 to 8, when it changes what is seen; 1 and "none" are left out. */
  readonly exifOrientation?: number;
}

/**
 * Format and size of a picture, by content, never by name. Reads only as far as it must, so the beginning of a file is
 * enough for PNG, GIF and WebP; JPEG needs everything up to its frame header.
 * @throws ImageHeaderError and nothing else.
 */
export function readImageHeader(bytes: Uint8Array): ImageHeader {
  if (bytes.length === 0) throw new ImageHeaderError('empty', 'the picture has zero bytes');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const header = dispatch(bytes, view);
  if (header.width < 1 || header.height < 1) {
    throw new ImageHeaderError(
      'invalid',
      `a ${header.format} of ${header.width}x${header.height} pixels has no area`,
    );
  }
  return header;
}

function dispatch(bytes: Uint8Array, view: DataView): ImageHeader {
  if (startsWith(bytes, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])) return readPng(view);
  if (startsWith(bytes, [0xff, 0xd8, 0xff])) return readJpegHeader(view);
  if (ascii(bytes, 0, 6) === 'GIF87a' || ascii(bytes, 0, 6) === 'GIF89a') return readGif(view);
  if (ascii(bytes, 0, 4) === 'RIFF' && ascii(bytes, 8, 4) === 'WEBP') return readWebpHeader(bytes, view);
  throw new ImageHeaderError(
    'unknown-format',
    `expected PNG, JPEG, WebP or GIF, got bytes that begin with ${hex(bytes.subarray(0, 8))}`,
  );
}

function readPng(view: DataView): ImageHeader {
  need(view, 24, 'PNG');
  return { format: 'png', width: view.getUint32(16), height: view.getUint32(20) };
}

function readGif(view: DataView): ImageHeader {
  need(view, 10, 'GIF');
  return { format: 'gif', width: view.getUint16(6, true), height: view.getUint16(8, true) };
}

function need(view: DataView, length: number, format: string): void {
  if (view.byteLength < length) {
    throw new ImageHeaderError(
      'truncated',
      `the ${format} ends after ${view.byteLength} bytes, inside its header`,
    );
  }
}

function startsWith(bytes: Uint8Array, signature: readonly number[]): boolean {
  return signature.every((byte, index) => bytes[index] === byte);
}

function ascii(bytes: Uint8Array, offset: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(offset, offset + length));
}

function hex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
}
