import { readImageHeader } from '@pixtral-fleet/catalog';
import { checkStructure } from '../pictures/check-structure.ts';
import type { PictureJob } from './picture-job.ts';
import { uprightSize } from './plan-picture.ts';

/**
 * Looks at what a worker made as at what a client sent: whoever took a worker over must not reach the model server.
 * @throws Error that says how it differs from what was asked for
 */
export function checkAnswer(
  bytes: Buffer,
  job: Pick<PictureJob, 'width' | 'height' | 'orientation' | 'format'>,
): void {
  const header = readImageHeader(bytes);
  const { end, orientation } = checkStructure(bytes, header);
  const asked = uprightSize(job, job.orientation);
  const got = `${header.format} ${header.width}x${header.height}`;
  const expected = `${job.format} ${asked.width}x${asked.height}`;
  if (got !== expected || orientation !== 1 || end !== bytes.length) {
    throw new Error(`it made ${got}${end === bytes.length ? '' : ' and more'}, expected ${expected}`);
  }
}
