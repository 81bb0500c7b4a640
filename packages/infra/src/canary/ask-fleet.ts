import { createClient, imagePart } from '@pixtral-fleet/client';
import { generateQuestions, isRightAnswer, type SeeingQuestion } from '@pixtral-fleet/smoke-tests/seeing';

export interface AskFleetOptions {
  readonly endpointUrl: string;
  readonly apiKey: string;
  readonly servedModelName: string;
  /** Milliseconds that the answer may take, with all that the client tries again. */
  readonly timeoutMs: number;
}

/** How a question went. */
export interface CanaryOutcome {
  readonly ok: boolean;
  /** From the question to the answer, or to giving up. */
  readonly ms: number;
  readonly question: string;
  readonly expected: string;
  /** The answer, or why there was none. */
  readonly answer: string;
}

/** The colour of a picture: what no model that sees gets wrong, so that a failure tells of the fleet. */
const KINDS = ['colour'] as const;

const MAX_TOKENS = 16;

/** Asks a fleet one question about a picture drawn this moment. Never rejects: whatever fails is the outcome. */
export async function askFleet(options: AskFleetOptions): Promise<CanaryOutcome> {
  const [question] = generateQuestions({ kinds: KINDS });
  if (!question) throw new Error('no question was drawn');
  const startedAt = performance.now();
  const { ok, answer } = await ask(question, options).catch((error: unknown) => ({
    ok: false,
    answer: `no answer: ${error instanceof Error ? error.message : String(error)}`,
  }));
  return {
    ok,
    ms: Math.round(performance.now() - startedAt),
    question: question.question,
    expected: question.expected,
    answer,
  };
}

async function ask(
  question: SeeingQuestion,
  { endpointUrl, apiKey, servedModelName, timeoutMs }: AskFleetOptions,
): Promise<Pick<CanaryOutcome, 'ok' | 'answer'>> {
  // It tries again as every client should: one refused request is no failure of the fleet.
  const client = createClient({ baseUrl: endpointUrl, apiKey, model: servedModelName, timeoutMs });
  try {
    const pictures = await Promise.all(question.pictures.map((picture) => imagePart(picture)));
    const content = [...pictures, { type: 'text' as const, text: question.question }];
    const { text } = await client.chat.create({
      messages: [{ role: 'user', content }],
      max_tokens: MAX_TOKENS,
      temperature: 0,
    });
    return { ok: isRightAnswer(question, text), answer: text };
  } finally {
    await client.close();
  }
}
