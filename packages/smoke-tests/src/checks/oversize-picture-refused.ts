import { crc32 } from 'node:zlib';
import type { Check } from '../check.ts';
import { CheckFailure } from '../errors.ts';
import { demandPictureRefusal } from '../picture-refusal.ts';
import { createRaster, encodePng } from '../seeing/raster.ts';

/** Pixels. 100 megapixels: below vLLM's own limit of 179, far above what a model that scales to 1024 needs. */
const SIDE = 10_000;

/**
 * A picture whose header claims 10000x10000 is refused for its size. On a real vLLM a 33 kB PNG of 144 megapixels
 * stopped all other requests for 8 s. Only the header claims it: should nobody look at it, nothing is held up.
 */
export const oversizePictureRefused: Check = {
  name: 'oversize picture refused',
  deadlineMs: 20_000,
  advice:
    'one such picture stops every request of an instance for seconds: set maxImagePixels of the gateway',
  async run(context) {
    const url = `data:image/png;base64,${Buffer.from(claimSize(SIDE, SIDE)).toString('base64')}`;
    const what = `${SIDE}x${SIDE} PNG`;
    const { status, message, ms } = await demandPictureRefusal(context, { what, url });
    if (!namesSize(message)) {
      throw new CheckFailure(
        `${what}: ${status} ${JSON.stringify(message)}, which is not about its size: a whole picture would be decoded`,
      );
    }
    return `${what}: ${status} ${JSON.stringify(message)} after ${ms} ms`;
  },
};

/** A server that only found the data too short says so, and has then begun to decode. */
function namesSize(message: string): boolean {
  return /pixel|10[ ,_.]?000|dimension|too (large|big)/i.test(message);
}

/** A PNG of one pixel whose header (with a right checksum) claims another size. Offsets: PNG 3rd ed. §5.3, §11.2.1. */
function claimSize(width: number, height: number): Uint8Array {
  const png = encodePng(createRaster({ width: 1, height: 1 }, [0, 0, 0]));
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  view.setUint32(16, width);
  view.setUint32(20, height);
  view.setUint32(29, crc32(png.subarray(12, 29)));
  return png;
}
