import { countImageTokens } from '@pixtral-fleet/catalog';
import { AbortError, InvalidRequestError, imagePart, PixtralError } from '@pixtral-fleet/client';
import type { AskSeeingOptions } from './ask-seeing-questions.ts';
import { isRightAnswer } from './is-right-answer.ts';
import { scoreAnswer } from './score-answer.ts';
import type { SeeingQuestion } from './seeing-question.ts';
import type { SeeingAnswer } from './seeing-report.ts';

/** Enough for every right answer in a sentence; a model that rambles is cut, and wrong. */
const MAX_TOKENS = 32;

interface AskQuestionOptions extends Pick<AskSeeingOptions, 'client' | 'signal'> {
  readonly question: SeeingQuestion;
  readonly deadline: AbortSignal;
  readonly deadlineMs: number;
}

/** Sends the pictures and the question; a request that fails is a wrong answer that carries its reason. */
export async function askQuestion(options: AskQuestionOptions): Promise<SeeingAnswer> {
  const { question, signal } = options;
  signal?.throwIfAborted();
  const startedAt = performance.now();
  const asked = await send(options).catch((error: unknown) => ({
    answer: `no answer: ${failureOf(error, options)}`,
    ok: false,
    score: 0,
  }));
  return {
    kind: question.kind,
    question: question.question,
    expected: question.expected,
    ...asked,
    ms: Math.round(performance.now() - startedAt),
    picture: Buffer.from(question.picture).toString('base64'),
  };
}

async function send({
  client,
  question,
  deadline,
  signal,
}: AskQuestionOptions): Promise<Pick<SeeingAnswer, 'answer' | 'ok' | 'score' | 'textTokens'>> {
  const pictures = await Promise.all(question.pictures.map((picture) => imagePart(picture)));
  const content = [...pictures, { type: 'text' as const, text: question.question }];
  const { text, usage } = await client.chat.create(
    { messages: [{ role: 'user', content }], max_tokens: MAX_TOKENS, temperature: 0 },
    { signal: signal ? AbortSignal.any([signal, deadline]) : deadline },
  );
  const imageTokens = question.sizes.reduce((sum, size) => sum + countImageTokens(size), 0);
  return {
    answer: text,
    ok: isRightAnswer(question, text),
    score: scoreAnswer(question, text),
    textTokens: usage.prompt_tokens - imageTokens,
  };
}

/** Why the model did not answer; throws when that is not the model's fault. */
function failureOf(error: unknown, { signal, deadline, deadlineMs }: AskQuestionOptions): string {
  signal?.throwIfAborted();
  if (deadline.aborted) return `none within ${deadlineMs / 1_000} s`;
  const isCallers = error instanceof AbortError || error instanceof InvalidRequestError;
  if (isCallers || !(error instanceof PixtralError)) throw error;
  return error.message;
}
