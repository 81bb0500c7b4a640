import { parseArgs } from 'node:util';
import { type PictureAnswer, readJob, writeAnswerHead } from '../picture-job.ts';
import { readFrames } from '../read-frames.ts';
import { normalizePicture } from './normalize-picture.ts';

const HELP = `picture-worker: makes pictures anew, one after the other, from its standard input to its output

  --max-bytes BYTES     of a picture; what is longer ends the worker
  --max-pixels PIXELS   more are not decoded
  --leave-above BYTES   of memory that is held after a picture: the worker then ends

Speaks only with the Pixtral agent, which starts it.
`;

const { values } = parseArgs({
  options: {
    'max-bytes': { type: 'string' },
    'max-pixels': { type: 'string' },
    'leave-above': { type: 'string' },
    help: { type: 'boolean' },
  },
});
const [maxBytes, maxPixels, leaveAbove] = [values['max-bytes'], values['max-pixels'], values['leave-above']];
if (values.help || !maxBytes || !maxPixels || !leaveAbove) {
  process.stdout.write(HELP);
  process.exit(values.help ? 0 : 2);
}

// Whoever asked has gone, and decoding runs in threads that nothing else ends.
process.stdin.once('end', () => process.exit(0)).once('error', () => process.exit(1));
process.stdout.once('error', () => process.exit(1));

// Tells that the decoders are loaded.
await send({ bytes: Buffer.alloc(0), isPicture: false, leaves: false });
for await (const { head, bytes } of readFrames(process.stdin, Number(maxBytes))) {
  const answer = await normalize(head, bytes);
  // What the allocator does not give back would add up.
  const leaves = process.memoryUsage.rss() > Number(leaveAbove);
  await send({ ...answer, leaves });
  if (leaves) process.exit(0);
}

async function normalize(head: Buffer, bytes: Buffer): Promise<Omit<PictureAnswer, 'leaves'>> {
  try {
    return { bytes: await normalizePicture(readJob(head, bytes), Number(maxPixels)), isPicture: true };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { bytes: Buffer.from(reason.slice(0, 1_000)), isPicture: false };
  }
}

async function send(answer: PictureAnswer): Promise<void> {
  process.stdout.write(writeAnswerHead(answer));
  await new Promise<void>((resolve) => process.stdout.write(answer.bytes, () => resolve()));
}
