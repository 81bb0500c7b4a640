import type { Check, CheckContext } from '../check.ts';
import { demandPictureRefusal } from '../picture-refusal.ts';
import { generateQuestion } from '../seeing/generate-questions.ts';

/** Broken pictures are the sender's mistake, and he is told so: never a 500, a guess or a dead model server. */
export const brokenPictureRefused: Check = {
  name: 'broken picture refused',
  deadlineMs: 30_000,
  advice: 'clients retry a 5xx and believe a 200: the gateway must answer 400 with the reason',
  async run(context) {
    const refused: string[] = [];
    for (const { what, bytes } of brokenPictures(context)) {
      const url = `data:image/png;base64,${Buffer.from(bytes).toString('base64')}`;
      const { status, message } = await demandPictureRefusal(context, { what, url });
      refused.push(`${what}: ${status} ${JSON.stringify(message)}`);
    }
    return refused.join('; ');
  },
};

function brokenPictures({ random }: CheckContext): { readonly what: string; readonly bytes: Uint8Array }[] {
  const whole = generateQuestion('digits', random).picture;
  return [
    // Header and half of the data: what a broken upload leaves.
    { what: 'truncated PNG', bytes: whole.subarray(0, whole.length >> 1) },
    { what: 'zero bytes', bytes: new Uint8Array() },
    { what: 'not a picture', bytes: new TextEncoder().encode('This text calls itself a PNG.') },
  ];
}
