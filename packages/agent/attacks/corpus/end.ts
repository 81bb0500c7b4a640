import { type Attack, type Sighting, WORKS } from '../attack.ts';
import type { Target } from '../lab/target.ts';
import { seconds } from '../sightings.ts';

/** How long a stream may say nothing after the SIGTERM before it counts as one that never ends. */
const SILENCE_MS = 5_000;

/** What the last error frame says; vLLM and the gateway write it with other spaces. */
function errorOf(text: string): string {
  return /"error":\s*\{"message":\s*"((?:[^"\\]|\\.)*)"/.exec(text)?.[1] ?? 'no error';
}

/** A long stream, and the model server's end in the middle of it. */
async function streamThroughEnd(target: Target): Promise<Sighting> {
  const began = Promise.withResolvers<void>();
  const stream = target.chat(
    { stream: true, max_tokens: 8_000, ignore_eos: true },
    { timeoutMs: 600_000, onData: () => began.resolve() },
  );
  await Promise.race([began.promise, stream]);
  await target.stopEngine();
  const silence = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => silence.resolve(undefined), SILENCE_MS);
  const answer = await Promise.race([stream, silence.promise]);
  clearTimeout(timer);
  if (answer === undefined) {
    const harm = `the stream had not ended ${seconds(SILENCE_MS)} after the SIGTERM, and said nothing`;
    return { answers: [], harm, seen: harm };
  }
  const isCut = answer.text.includes('"finish_reason":"abort"');
  const isTold = /^data: \{"error":/m.test(answer.text) && answer.text.endsWith('data: [DONE]\n\n');
  return {
    answers: [answer],
    harm: isCut || !isTold ? 'the text was cut, with status 200 and no error' : undefined,
    seen: `the stream ended with “${errorOf(answer.text)}” and \`[DONE]\``,
  };
}

export const END_ATTACKS: readonly Attack[] = [
  {
    id: 'sigterm-in-a-stream',
    group: 'end',
    sends: 'a long stream, and SIGTERM to the model server',
    bare: { simulator: WORKS, vllm: WORKS },
    defence: { kind: 'no harm', why: 'who is not answered in time is told so' },
    endsEngine: true,
    run: streamThroughEnd,
  },
];
