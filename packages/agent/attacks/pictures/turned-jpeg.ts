import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The JPEG that is to be turned by its EXIF data of vLLM's recorded answers (226). */
export function turnedJpeg(): Buffer {
  const simulator = dirname(createRequire(import.meta.url).resolve('@pixtral-fleet/simulator'));
  return readFileSync(join(simulator, '..', 'recordings', 'images', 'exif-rotated.jpg'));
}
