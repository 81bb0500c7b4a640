import { AbortError, InvalidRequestError, type PixtralClient, PixtralError } from '@pixtral-fleet/client';
import { DEFAULT_KINDS, generateQuestion } from './generate-questions.ts';
import { isRightAnswer } from './is-right-answer.ts';
import { cryptoRandom, type Random } from './random.ts';
import type { SeeingKind, SeeingQuestion } from './seeing-question.ts';
import type { SeeingAnswer, SeeingReport } from './seeing-report.ts';

export interface AskSeeingOptions {
  readonly client: Pick<PixtralClient, 'ask'>;
  /** @default crypto.getRandomValues */
  readonly random?: Random;
  /** How often each kind may be asked, each time about a new picture, until the answer is right. @default 2 */
  readonly attempts?: number;
  /** One question each, in this order. @default ['colour', 'shape', 'digits'] */
  readonly kinds?: readonly SeeingKind[];
  /** Ends it; the promise then rejects. @default - the client's own time limits only */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Asks a model about pictures drawn that moment and judges its answers: whether it sees, not whether it talks.
 *
 * A wrong answer is asked again once (`attempts`), about another picture of the same kind. A request that fails (an
 * error status, a timeout, a broken connection) is a wrong answer that carries its reason.
 *
 * **False pass.** A blind model that knows the questions can only guess: 1 of 8 colours, 1 of 3 shapes, 1 of 6,561
 * numbers (9⁴: four digits, none a leading 0 or equal to the one before it). With two attempts it passes
 * 1 − (7/8)² = 23 %, 1 − (2/3)² = 56 % and 1 − (6560/6561)² = 0.03 % of them, all three together once in 25,200 boots.
 *
 * **False alarm.** A model that sees and errs on a question with probability e is refused with about 3e²: at e = 1 %
 * once in 3,300 boots, at e = 5 % once in 133. With one attempt it would be 3e: once in 33 and once in 7.
 *
 * @throws the reason of `signal` when it aborts, and whatever is a mistake of the caller rather than of the model.
 */
export async function askSeeingQuestions(options: AskSeeingOptions): Promise<SeeingReport> {
  const { client, random = cryptoRandom, attempts = 2, kinds = DEFAULT_KINDS, signal } = options;
  if (!(Number.isInteger(attempts) && attempts >= 1)) {
    throw new RangeError(`attempts must be a whole number of at least 1, got ${attempts}`);
  }
  const answers: SeeingAnswer[] = [];
  const retried: SeeingAnswer[] = [];
  for (const kind of kinds) {
    let last = await askOne(client, generateQuestion(kind, random), signal);
    for (let attempt = 1; !last.ok && attempt < attempts; attempt++) {
      retried.push(last);
      last = await askOne(client, generateQuestion(kind, random), signal);
    }
    answers.push(last);
  }
  return { ok: answers.every(({ ok }) => ok), answers, retried };
}

/** Enough for every right answer in a sentence; a model that rambles is cut, and wrong. */
const MAX_TOKENS = 32;

async function askOne(
  client: Pick<PixtralClient, 'ask'>,
  question: SeeingQuestion,
  signal: AbortSignal | undefined,
): Promise<SeeingAnswer> {
  signal?.throwIfAborted();
  const startedAt = performance.now();
  const asked = await client
    .ask(question.pictures, question.question, { max_tokens: MAX_TOKENS, temperature: 0, signal })
    .then(
      (text) => ({ answer: text, ok: isRightAnswer(question, text) }),
      (error: unknown) => ({ answer: `no answer: ${failureOf(error, signal)}`, ok: false }),
    );
  return {
    kind: question.kind,
    question: question.question,
    expected: question.expected,
    ...asked,
    ms: Math.round(performance.now() - startedAt),
    picture: Buffer.from(question.picture).toString('base64'),
  };
}

/** Why the model did not answer; throws when that is not the model's fault. */
function failureOf(error: unknown, signal: AbortSignal | undefined): string {
  signal?.throwIfAborted();
  const isCallers = error instanceof AbortError || error instanceof InvalidRequestError;
  if (isCallers || !(error instanceof PixtralError)) throw error;
  return error.message;
}
