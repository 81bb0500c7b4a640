import { styleText } from 'node:util';
import type { Failure } from '@pixtral-fleet/operator/deploy';
import { mark } from './mark.ts';

/** The first cause, what to do, and then what else is known. Pure. */
export function formatFailure({ cause, remedy, detail }: Failure, logFile?: string): string {
  return [
    `${mark('fail')} ${cause}`,
    `  → ${remedy}`,
    ...detail.map((line) => styleText('dim', `  ${line}`)),
    ...(logFile === undefined ? [] : [styleText('dim', `  log: ${logFile}`)]),
  ].join('\n');
}
