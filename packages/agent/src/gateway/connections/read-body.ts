import type { IncomingMessage, ServerResponse } from 'node:http';
import { Refusal } from '../refusal.ts';
import type { BodyBudget, BodyShare } from './body-budget.ts';
import { BodyCollector } from './body-collector.ts';
import type { ConnectionTimeouts } from './connection-timeouts.ts';

export interface ReadBodyOptions {
  readonly maxBytes: number;
  readonly budget: BodyBudget;
  readonly timeouts: ConnectionTimeouts;
  /** Name of the API key that it came with. @default - none */
  readonly key?: string | undefined;
}

/** When memory for bodies is short, it is for as long as an upload takes. */
const RETRY_AFTER_SECONDS = 2;

/**
 * Reads a whole body into memory that the budget has room for; its share is given back when the response closes. What
 * declares too much is refused before a byte is read, and one that expects it is not told to continue.
 * @throws Refusal 408, 413 or 503; nothing has then been kept
 */
export async function readBody(
  request: IncomingMessage,
  response: ServerResponse,
  { maxBytes, budget, timeouts, key }: ReadBodyOptions,
): Promise<Buffer> {
  const { 'content-length': declared } = request.headers;
  const expected = Number(declared ?? maxBytes);
  if (expected > maxBytes) throw tooLarge(maxBytes);
  if (declared !== undefined && expected > budget.freeFor(expected, key)) throw noRoom();
  if (request.headers.expect !== undefined) response.writeContinue();
  const share = budget.open(expected, key);
  try {
    const body = await gather(request, share, { maxBytes, timeouts });
    if (response.destroyed) share[Symbol.dispose]();
    else response.once('close', () => share[Symbol.dispose]());
    return body;
  } catch (error) {
    share[Symbol.dispose]();
    throw error;
  }
}

function gather(
  request: IncomingMessage,
  share: BodyShare,
  { maxBytes, timeouts }: Pick<ReadBodyOptions, 'maxBytes' | 'timeouts'>,
): Promise<Buffer> {
  const collector = new BodyCollector(share, Number(request.headers['content-length'] ?? maxBytes));
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const tooLong = () =>
    fail(new Refusal(408, `the body did not arrive within ${timeouts.bodyMs / 1_000} s; send it again`));
  const silent = () =>
    fail(
      new Refusal(408, `nothing of the body arrived for ${timeouts.bodySilenceMs / 1_000} s; send it again`),
    );
  const whole = setTimeout(tooLong, timeouts.bodyMs);
  const silence = setTimeout(silent, timeouts.bodySilenceMs);
  const onData = (chunk: Buffer) => {
    silence.refresh();
    if (collector.length + chunk.length > maxBytes) return fail(tooLarge(maxBytes));
    if (!collector.add(chunk)) fail(noRoom());
  };
  const onEnd = () => {
    stop();
    resolve(collector.finish());
  };
  // Nobody is left to be told; the broken request has been answered where it was found to be broken.
  const onError = () => fail(new Refusal(400, 'the connection broke before the whole body had arrived'));
  function stop(): void {
    clearTimeout(whole);
    clearTimeout(silence);
    request.off('data', onData).off('end', onEnd).off('error', onError);
    // What comes after this is of no interest, an error least of all.
    request.on('error', () => undefined);
  }
  function fail(refusal: Refusal): void {
    stop();
    request.pause();
    reject(refusal);
  }
  request.on('data', onData).on('end', onEnd).on('error', onError);
  return promise;
}

function tooLarge(maxBytes: number): Refusal {
  return new Refusal(413, `the body has more than ${maxBytes} bytes`);
}

function noRoom(): Refusal {
  return new Refusal(
    503,
    'this instance holds as many request bodies as it has memory for; send the request again',
    { retryAfterSeconds: RETRY_AFTER_SECONDS },
  );
}
