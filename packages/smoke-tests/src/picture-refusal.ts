import type { CheckContext } from './check.ts';
import { CheckFailure } from './errors.ts';
import { type RawAnswer, sendRaw } from './raw-request.ts';

/** What a fleet said when it refused a picture. */
export interface PictureRefusal {
  readonly status: number;
  readonly message: string;
  /** Milliseconds. */
  readonly ms: number;
}

/**
 * Asks about the picture at that URL and demands a clear refusal.
 * @throws CheckFailure for anything else; `what` names the picture in its evidence.
 */
export async function demandPictureRefusal(
  context: Pick<CheckContext, 'endpoint' | 'signal'>,
  { what, url }: { readonly what: string; readonly url: string },
): Promise<PictureRefusal> {
  const question = 'What colour is this picture?';
  return demandRefusal(await sendPicture(context, { url, question, maxTokens: 1 }), what);
}

/** One question about one picture, as a raw request: whatever comes back. */
export function sendPicture(
  context: Pick<CheckContext, 'endpoint' | 'signal'>,
  ask: { readonly url: string; readonly question: string; readonly maxTokens: number },
): Promise<RawAnswer> {
  const content = [
    { type: 'image_url', image_url: { url: ask.url } },
    { type: 'text', text: ask.question },
  ];
  return sendRaw(context, {
    method: 'POST',
    path: '/v1/chat/completions',
    body: {
      model: context.endpoint.model,
      max_tokens: ask.maxTokens,
      temperature: 0,
      messages: [{ role: 'user', content }],
    },
  });
}

/**
 * A clear refusal is 4xx, with the error JSON that vLLM has and that every client therefore reads:
 * `{"error":{"message","type","param","code"}}`, with a message.
 * @throws CheckFailure for anything else
 */
export function demandRefusal(answer: RawAnswer, what: string): PictureRefusal {
  if (answer.status < 400 || answer.status > 499)
    throw new CheckFailure(`${what}: ${describe(answer)}, expected 4xx`);
  const message = errorMessageOf(answer);
  if (message === undefined) {
    throw new CheckFailure(
      `${what}: ${describe(answer)}, expected {"error":{"message":"…","type":"…","param":…,"code":${answer.status}}}`,
    );
  }
  return { status: answer.status, message, ms: answer.ms };
}

/** The text of a chat answer; the whole body where it is none. */
export function readAnswer({ body }: RawAnswer): string {
  const choices = asRecord(parseJson(body))?.choices;
  const first: unknown = Array.isArray(choices) ? choices[0] : undefined;
  const text = asRecord(asRecord(first)?.message)?.content;
  return typeof text === 'string' ? text : body.trim().slice(0, 160);
}

/** The message of vLLM's error shape (recorded from 0.32.0); undefined when the body has another one. */
function errorMessageOf({ status, body }: RawAnswer): string | undefined {
  const error = asRecord(asRecord(parseJson(body))?.error);
  const isShape = typeof error?.type === 'string' && 'param' in error && error.code === status;
  return isShape && typeof error.message === 'string' && error.message !== '' ? error.message : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function asRecord(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
}

function describe({ status, body }: RawAnswer): string {
  return `${status} ${body.trim().slice(0, 160) || 'without a body'}`;
}
