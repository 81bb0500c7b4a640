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
 * Asks about the picture at that URL and demands a clear refusal: 4xx, and the error JSON that vLLM has and that every
 * client therefore reads: `{"error":{"message","type","param","code"}}`, with a message.
 * @throws CheckFailure for anything else; `what` names the picture in its evidence.
 */
export async function demandPictureRefusal(
  context: Pick<CheckContext, 'endpoint' | 'signal'>,
  { what, url }: { readonly what: string; readonly url: string },
): Promise<PictureRefusal> {
  const answer = await sendRaw(context, {
    method: 'POST',
    path: '/v1/chat/completions',
    body: {
      model: context.endpoint.model,
      max_tokens: 1,
      temperature: 0,
      messages: [
        {
          role: 'user',
          content: [
            { type: 'image_url', image_url: { url } },
            { type: 'text', text: 'What colour is this picture?' },
          ],
        },
      ],
    },
  });
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
