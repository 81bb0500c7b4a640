import type { Check } from '../check.ts';
import { ENCODINGS, type Encoding } from '../encodings/encodings.ts';
import { CheckFailure } from '../errors.ts';
import { askQuestion } from '../seeing/ask-question.ts';
import { findTokenMismatch } from '../seeing/find-token-mismatch.ts';
import { mapInOrder } from '../seeing/map-in-order.ts';
import type { Random } from '../seeing/random.ts';
import type { SeeingQuestion } from '../seeing/seeing-question.ts';
import type { SeeingAnswer } from '../seeing/seeing-report.ts';

/** Below the check's own deadline, so that it can tell what was answered. */
const DEADLINE_MS = 100_000;

/** Three of four digits: a picture that can be read at all, by a model that may err. */
const LEAST_SCORE = 0.75;

/** Fresh pictures of one encoding, of which one must be read; a model may err, a decoder errs always. */
const ATTEMPTS = 3;

/** Draws until the answer is another one than before: a model that errs in one colour errs in it every time. */
const MOST_DRAWS = 100;

/** Pictures at the same time: a fleet in service has others to answer. */
const CONCURRENCY = 4;

/** However a picture comes, the model sees what is in it: alpha, palettes, 16 bits, JPEG, WebP, GIF, tiny and large. */
export const encodingsRead: Check = {
  name: 'every encoding read',
  deadlineMs: 120_000,
  advice:
    'the server decodes these pictures otherwise than viewers do, or not at all: convert them to PNG before sending, and compare the versions of Pillow and mistral-common with the runtime’s lock',
  async run({ client, random, signal }) {
    const deadline = AbortSignal.timeout(DEADLINE_MS);
    const results = ENCODINGS.map((encoding) => ({ encoding, answers: [] as SeeingAnswer[] }));
    let unread = results;
    for (let attempt = 0; attempt < ATTEMPTS && unread.length > 0; attempt++) {
      const questions = unread.map(({ encoding, answers }) => drawUnlike(encoding, answers, random));
      const work = (question: SeeingQuestion) =>
        askQuestion({ client, question, deadline, deadlineMs: DEADLINE_MS, signal });
      const answers = await mapInOrder(questions, { limit: CONCURRENCY, work });
      for (const [index, { answers: all }] of unread.entries()) all.push(...answers.slice(index, index + 1));
      unread = unread.filter(({ answers }) => !answers.some(isRead));
    }
    if (unread.length > 0) {
      throw new CheckFailure(unread.map(({ encoding, answers }) => describe(encoding, answers)).join('; '));
    }
    const mismatch = findTokenMismatch(results.flatMap(({ answers }) => answers));
    if (mismatch) throw new CheckFailure(mismatch);
    return results.map(({ encoding, answers }) => describe(encoding, answers.slice(-1))).join('; ');
  },
};

function drawUnlike({ draw }: Encoding, answers: readonly SeeingAnswer[], random: Random): SeeingQuestion {
  let question = draw(random);
  for (let drawn = 1; drawn < MOST_DRAWS && answers.some(isAlike); drawn++) question = draw(random);
  return question;

  function isAlike({ expected }: SeeingAnswer): boolean {
    return expected === question.expected;
  }
}

function isRead({ score = 0 }: SeeingAnswer): boolean {
  return score >= LEAST_SCORE;
}

function describe({ name }: Encoding, answers: readonly SeeingAnswer[]): string {
  const told = answers.map(({ expected, answer, ok }) =>
    ok ? expected : `expected ${expected}, got ${JSON.stringify(answer)}`,
  );
  return `${name}: ${told.join(', ')}`;
}
