import type { Check, CheckContext } from '../check.ts';
import { encodeJpeg } from '../encodings/encode-jpeg.ts';
import { CheckFailure } from '../errors.ts';
import { demandRefusal, readAnswer, sendPicture } from '../picture-refusal.ts';
import { drawDigits } from '../seeing/draw-digits.ts';
import { isRightAnswer } from '../seeing/is-right-answer.ts';
import { type Raster, turnLeft } from '../seeing/raster.ts';

/** "Turn by a quarter to the right": what a phone held upright writes. */
const ORIENTATION = 6;

const WHAT = `JPEG with EXIF orientation ${ORIENTATION}`;

/** Fresh pictures, of which one must be read: a model may err, a fleet that looks at them lying errs always. */
const ATTEMPTS = 3;

/**
 * A JPEG that its EXIF turns is refused with what to do about it, or seen upright where the gateway makes pictures anew
 * (`normalizePictures`). A bare vLLM 0.32.0 answers 500 (recorded in file 226), which clients take for a fault of the
 * fleet, and try again.
 */
export const turnedJpeg: Check = {
  name: 'turned JPEG refused or read upright',
  deadlineMs: 90_000,
  advice: 'requests must pass the gateway, which refuses what the model server fails on, or turns it',
  async run(context) {
    const said: string[] = [];
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const outcome = await askOnce(context);
      if (outcome.isRight) return outcome.evidence;
      said.push(outcome.evidence);
    }
    throw new CheckFailure(`${WHAT}: ${said.join('; ')}`);
  },
};

async function askOnce(
  context: CheckContext,
): Promise<{ readonly isRight: boolean; readonly evidence: string }> {
  const drawing = drawDigits(context.random);
  const [raster] = drawing.rasters;
  if (!raster) throw new Error('no picture was drawn');
  const answer = await sendPicture(context, {
    url: toUrl(turnLeft(raster)),
    question: drawing.question,
    maxTokens: 16,
  });
  if (answer.status === 200) {
    const text = readAnswer(answer);
    const isRight = isRightAnswer(drawing, text);
    return {
      isRight,
      evidence: isRight
        ? `${WHAT}: read upright, ${text}`
        : `expected ${drawing.expected} or a refusal, got ${JSON.stringify(text)}`,
    };
  }
  const { status, message } = demandRefusal(answer, WHAT);
  if (!/exif|orientation/i.test(message)) {
    throw new CheckFailure(
      `${WHAT}: ${status} ${JSON.stringify(message)}, which does not tell the sender what to change`,
    );
  }
  return { isRight: true, evidence: `${WHAT}: ${status} ${JSON.stringify(message)}` };
}

function toUrl(raster: Raster): string {
  const bytes = encodeJpeg(raster, { orientation: ORIENTATION });
  return `data:image/jpeg;base64,${Buffer.from(bytes).toString('base64')}`;
}
