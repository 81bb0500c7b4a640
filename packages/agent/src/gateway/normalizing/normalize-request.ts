import type { ServerResponse } from 'node:http';
import type { BodyBudget } from '../connections/body-budget.ts';
import type { InspectedImage } from '../inspect-image.ts';
import { PictureFault } from '../pictures/picture-fault.ts';
import { locatePictures, replacePictures } from '../pictures/replace-pictures.ts';
import { Refusal } from '../refusal.ts';
import type { PictureNormalizer } from './picture-normalizer.ts';
import { planPicture } from './plan-picture.ts';

/** Bytes held for a pixel of a new picture at most: three, as they are, as base64, and in the new body. */
const BYTES_PER_PIXEL = 12;

/**
 * A request with all its pictures made anew; its texts and numbers stay, byte by byte.
 * @param body the bytes that the images were inspected in
 * @throws Refusal that names the field; 429 or 503 where the instance is at fault
 */
export async function normalizeRequest(
  body: Buffer,
  images: readonly InspectedImage[],
  options: {
    readonly normalizer: PictureNormalizer;
    readonly memory: BodyBudget;
    /** When it closes, nothing is made any more, and memory is given back. */
    readonly response: ServerResponse;
  },
): Promise<Buffer> {
  if (images.length === 0) return body;
  const { normalizer, memory, response } = options;
  const jobs = images.map((image) => ({ image, plan: planPicture(image) }));
  const needed = jobs.reduce((sum, { plan }) => sum + plan.width * plan.height * BYTES_PER_PIXEL, 0);
  const share = memory.open(needed);
  const gone = new AbortController();
  const leave = () => gone.abort(new Refusal(400, 'the client has gone'));
  response.once('close', leave);
  try {
    if (!share.resize(needed)) throw noRoom();
    const located = locatePictures(
      body,
      images.map(({ at }) => at),
    );
    const made = await all(
      jobs.map(async ({ image, plan }, index) => {
        const picture = located[index];
        if (!picture) throw new Error(`no picture at ${image.at}`);
        const read = () => ({ ...plan, bytes: picture.read().subarray(0, image.bytes) });
        const bytes = await normalizer
          .normalize(read, gone.signal)
          .catch((error: unknown) => Promise.reject(nameField(error, image.at)));
        return { start: picture.start, end: picture.end, format: plan.format, bytes };
      }),
      gone,
    );
    const whole = replacePictures(body, made);
    share.resize(whole.length);
    gone.signal.throwIfAborted();
    response.once('close', () => share[Symbol.dispose]());
    return whole;
  } catch (error) {
    share[Symbol.dispose]();
    throw error;
  } finally {
    response.off('close', leave);
  }
}

/** Like `Promise.all`, but of the others none goes on. */
async function all<T>(promises: readonly Promise<T>[], others: AbortController): Promise<readonly T[]> {
  try {
    return await Promise.all(promises);
  } catch (error) {
    others.abort(error);
    await Promise.allSettled(promises);
    throw error;
  }
}

function nameField(error: unknown, param: string): unknown {
  return error instanceof PictureFault ? new Refusal(400, `"${param}": ${error.message}`, { param }) : error;
}

function noRoom(): Refusal {
  return new Refusal(503, 'this instance has no memory to prepare pictures in; send the request again', {
    retryAfterSeconds: 2,
  });
}
