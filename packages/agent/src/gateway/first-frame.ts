import { isErrorFrame } from './event-stream-guard.ts';
import { isRecord } from './is-record.ts';
import { Refusal } from './refusal.ts';

/**
 * Waits for the first frames of a stream, so that one which only tells of an error becomes an answer with its status,
 * which clients know what to do about. Whoever waits for the first token waits no longer by that.
 * @returns the whole stream
 * @throws Refusal in the words of the error
 */
export async function untilFirstFrame(
  stream: AsyncGenerator<Buffer, void, undefined>,
  retryAfterSeconds: number,
): Promise<AsyncGenerator<Buffer, void, undefined>> {
  const first = await stream.next();
  if (first.done || !isErrorFrame(first.value)) return follow(first.value ?? Buffer.alloc(0), stream);
  await stream.return();
  throw readError(first.value, retryAfterSeconds);
}

async function* follow(
  first: Buffer,
  rest: AsyncGenerator<Buffer, void, undefined>,
): AsyncGenerator<Buffer, void, undefined> {
  yield first;
  yield* rest;
}

/** Errors that vanish by themselves. */
const PASSING = [429, 503];

function readError(frames: Buffer, retryAfterSeconds: number): Refusal {
  const error = errorOf(frames.toString('utf8'));
  const { message, code, param } = isRecord(error) ? error : {};
  const status =
    typeof code === 'number' && Number.isInteger(code) && code >= 400 && code <= 599 ? code : 500;
  return new Refusal(
    status,
    typeof message === 'string' && message !== ''
      ? message
      : 'the model server told of an error without a message',
    {
      param: typeof param === 'string' ? param : null,
      ...(PASSING.includes(status) ? { retryAfterSeconds } : {}),
    },
  );
}

function errorOf(frames: string): unknown {
  const [line = ''] = frames.split('\n', 1);
  try {
    const data: unknown = JSON.parse(line.replace(/^data: /, ''));
    return isRecord(data) ? data.error : undefined;
  } catch {
    // Begins like an error and is no JSON: told without its words.
    return undefined;
  }
}
