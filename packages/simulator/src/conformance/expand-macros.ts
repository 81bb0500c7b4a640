import { extname } from 'node:path';
import { isRecord } from '../json.ts';
import { readRecordedFile } from './recording.ts';

/** As the recorder declared them. */
const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
  '.gif': 'image/gif',
  '.tiff': 'image/tiff',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain',
  '.avif': 'image/avif',
};

/** Replaces the macros of a recorded body by what they stand for; see recordings/README.md. */
export function expandMacros(value: unknown, mediaPort: number): unknown {
  if (Array.isArray(value)) return value.map((item) => expandMacros(item, mediaPort));
  if (!isRecord(value)) return value;
  const { $image, $base64, $media, $mediaHost, $repeat, mime, path, times } = value;
  if (typeof $image === 'string') {
    const type = mime ?? MEDIA_TYPES[extname($image)] ?? 'application/octet-stream';
    return `data:${type};base64,${readRecordedFile($image).toString('base64')}`;
  }
  if (typeof $base64 === 'string') return readRecordedFile($base64).toString('base64');
  if (typeof $media === 'string') return `http://127.0.0.1:${mediaPort}${$media}`;
  if (typeof $mediaHost === 'string') return `http://${$mediaHost}:${mediaPort}${path}`;
  if (typeof $repeat === 'string') return $repeat.repeat(Number(times));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, expandMacros(item, mediaPort)]));
}
