import type { Check } from '../check.ts';
import { encodeJpeg } from '../encodings/encode-jpeg.ts';
import { CheckFailure } from '../errors.ts';
import { demandPictureRefusal } from '../picture-refusal.ts';
import { drawDigits } from '../seeing/draw-digits.ts';

/** "Turn by a quarter": what a phone held upright writes. */
const ORIENTATION = 6;

/**
 * A JPEG that its EXIF turns is refused with what to do about it. A bare vLLM 0.32.0 answers 500 (recorded in file 226),
 * which clients take for a fault of the fleet, and try again.
 */
export const turnedJpegRefused: Check = {
  name: 'turned JPEG refused',
  deadlineMs: 20_000,
  advice: 'requests must pass the gateway, which refuses what the model server fails on',
  async run(context) {
    const [raster] = drawDigits(context.random).rasters;
    if (!raster) throw new Error('no picture was drawn');
    const bytes = encodeJpeg(raster, { orientation: ORIENTATION });
    const url = `data:image/jpeg;base64,${Buffer.from(bytes).toString('base64')}`;
    const what = `JPEG with EXIF orientation ${ORIENTATION}`;
    const { status, message } = await demandPictureRefusal(context, { what, url });
    if (!/exif|orientation/i.test(message)) {
      throw new CheckFailure(
        `${what}: ${status} ${JSON.stringify(message)}, which does not tell the sender what to change`,
      );
    }
    return `${what}: ${status} ${JSON.stringify(message)}`;
  },
};
