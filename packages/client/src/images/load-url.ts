import { AbortError, ConnectionError, InvalidRequestError } from '../errors/errors.ts';
import { readStream, tooLong } from './read-stream.ts';

/**
 * Loads a picture, so that it can be sent itself: a fleet never loads a URL.
 * @throws InvalidRequestError when there is no picture there, ConnectionError when it could not be loaded, AbortError.
 */
export async function loadUrl(
  url: URL,
  options: {
    readonly maxBytes: number;
    readonly timeoutMs: number;
    readonly signal: AbortSignal | undefined;
  },
): Promise<Uint8Array> {
  const { maxBytes, timeoutMs, signal } = options;
  const name = nameOfUrl(url);
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(url, {
      headers: { accept: 'image/png, image/jpeg, image/webp, image/gif' },
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    });
    if (!response.ok) {
      await response.body?.cancel();
      throw new InvalidRequestError(`${name} answered ${response.status} instead of a picture`);
    }
    if (Number(response.headers.get('content-length') ?? 0) > maxBytes) {
      await response.body?.cancel();
      throw tooLong(name, maxBytes);
    }
    return response.body ? await readStream(response.body, name, maxBytes) : new Uint8Array();
  } catch (error) {
    if (error instanceof InvalidRequestError) throw error;
    if (signal?.aborted) throw new AbortError(`loading ${name} was aborted`, { cause: signal.reason });
    const why = timeout.aborted ? `not within ${timeoutMs} ms` : rootMessage(error);
    throw new ConnectionError(`${name} could not be loaded: ${why}`, { retryable: true, cause: error });
  }
}

/** Without query and password, which may be secrets. */
export function nameOfUrl({ origin, pathname }: URL): string {
  return `${origin}${pathname}`;
}

/** `fetch` says "fetch failed", and the reason in the cause. */
function rootMessage(error: unknown): string {
  const { cause } = error instanceof Error ? error : {};
  return cause instanceof Error ? cause.message : error instanceof Error ? error.message : String(error);
}
