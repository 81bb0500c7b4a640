import { randomFillSync } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import { chunk, PNG_SIGNATURE } from '../../../test/gateway/pictures/draw-png.ts';

const SIDE = 591;

/** A PNG of noise, which compresses to nothing less: 1.05 MB, as a photograph of a telephone has. */
export function drawNoise(): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(SIDE, 0);
  header.writeUInt32BE(SIDE, 4);
  // Eight bits, red, green and blue.
  header.set([8, 2], 8);
  const lines = randomFillSync(Buffer.alloc(SIDE * (1 + 3 * SIDE)));
  // Before each line: how it is filtered. Not at all.
  for (let line = 0; line < SIDE; line++) lines[line * (1 + 3 * SIDE)] = 0;
  const parts = [
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(lines, { level: 1 })),
    chunk('IEND', Buffer.alloc(0)),
  ];
  return Buffer.concat([PNG_SIGNATURE, ...parts]);
}
